/** The page's frame: what it is made of is built by its script, whose texts come by messages. Pure. */

export interface PageParts {
  /** Addresses of the bundle, as the webview loads them. */
  script: string;
  style: string;
  /** Where the webview's own files come from, as a source of its policy. */
  cspSource: string;
  /** New for each page. */
  nonce: string;
  /** BCP 47, for screen readers. */
  language: string;
  title: string;
}

/** Nothing but our own script and style sheet is loaded, and nothing is sent anywhere: not even pictures. */
export function dashboardPage({ script, style, cspSource, nonce, language, title }: PageParts): string {
  const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src ${cspSource}`;
  return `<!DOCTYPE html>
<html lang="${escapeHtml(language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${escapeHtml(style)}">
<title>${escapeHtml(title)}</title>
</head>
<body>
<script nonce="${nonce}" src="${escapeHtml(script)}"></script>
</body>
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
