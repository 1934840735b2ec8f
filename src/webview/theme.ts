/** The editor's colours as a canvas takes them: it knows no CSS variables. */

/** Not orange: some themes have it as the background of found text, too dim for a line. */
const COLOURS = ['blue', 'green', 'purple', 'red', 'yellow'] as const;
export type Colour = (typeof COLOURS)[number];

export interface Theme {
  readonly foreground: string;
  readonly muted: string;
  readonly background: string;
  readonly lines: string;
  readonly focus: string;
  readonly font: string;
  readonly colours: Readonly<Record<Colour, string>>;
  readonly isHighContrast: boolean;
}

export function currentTheme(): Theme {
  const style = getComputedStyle(document.documentElement);
  const of = (name: string, otherwise: string): string =>
    style.getPropertyValue(`--vscode-${name}`).trim() || otherwise;
  const foreground = of('foreground', '#808080');
  const isHighContrast = document.body.className.includes('vscode-high-contrast');
  return {
    foreground,
    muted: isHighContrast ? foreground : of('descriptionForeground', foreground),
    background: of('editor-background', 'transparent'),
    lines: of('editorWidget-border', of('contrastBorder', of('charts-lines', foreground))),
    focus: of('focusBorder', foreground),
    font: `11px ${of('font-family', 'sans-serif')}`,
    colours: Object.fromEntries(COLOURS.map((name) => [name, of(`charts-${name}`, foreground)])) as Record<
      Colour,
      string
    >,
    isHighContrast,
  };
}

/** The editor changes the class of the body when another theme is chosen. */
export function onThemeChange(listener: () => void): void {
  new MutationObserver(listener).observe(document.body, {
    attributes: true,
    attributeFilter: ['class', 'data-vscode-theme-id'],
  });
}
