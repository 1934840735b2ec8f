/**
 * Last line of defence for the log: what looks like a token becomes `<token>`. Tokens are 256 random bits, written in
 * hex or base64url, so any long run of such characters is taken for one; hashes of memories go with them.
 */
export function redact(line: string): string {
  return line.replace(/[A-Za-z0-9_-]{40,}/g, '<token>');
}
