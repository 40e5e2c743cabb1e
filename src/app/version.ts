/** Which Gemel this is. */

import { readFileSync } from 'node:fs';

/** The version in package.json, which stands two folders above both src/app and dist/app. */
export function readVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const parsed: unknown = JSON.parse(text);
  if (typeof parsed === 'object' && parsed !== null && 'version' in parsed) return String(parsed.version);
  return 'unknown';
}
