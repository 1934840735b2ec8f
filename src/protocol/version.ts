/** Set by the bundler from package.json; tests that run the sources see `0.0.0-dev`. */
declare const GREEUM_VERSION: string | undefined;

export const VERSION: string = typeof GREEUM_VERSION === 'string' ? GREEUM_VERSION : '0.0.0-dev';
