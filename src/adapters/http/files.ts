/**
 * Serves the files of a directory, and TypeScript as the JavaScript it is once its types are removed.
 *
 * So the page needs no build while it is developed. In the published package it is JavaScript already: `x.ts` and
 * `x.js` stand for each other, whichever there is. Nothing outside the directory is served, whatever the address or
 * a symbolic link says, and nothing whose name begins with a dot.
 */

import { createHash } from 'node:crypto';
import { readFile, realpath, stat } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import path from 'node:path';

export interface ServedFile {
  readonly body: Buffer;
  readonly contentType: string;
  readonly etag: string;
}

export interface FileDirectory {
  /** The file of this name, relative to the directory; undefined if it is not to be had. */
  read(name: string): Promise<ServedFile | undefined>;
}

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.ts': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};

/** Larger files are not part of a page. */
const largestBytes = 4_194_304;
/** Directories hold a page's modules; more files than this are read anew each time. */
const cachedFiles = 500;

export function createFileDirectory(directory: string): FileDirectory {
  const cache = new Map<
    string,
    { readonly mtimeMs: number; readonly size: number; readonly file: ServedFile }
  >();

  async function load(file: string, root: string): Promise<ServedFile | undefined> {
    const contentType = contentTypes[path.extname(file)];
    if (contentType === undefined) return undefined;
    const real = await realpath(file).catch(() => undefined);
    if (real === undefined || !real.startsWith(root + path.sep)) return undefined;
    const facts = await stat(real);
    if (!facts.isFile() || facts.size > largestBytes) return undefined;
    const cached = cache.get(real);
    if (cached !== undefined && cached.mtimeMs === facts.mtimeMs && cached.size === facts.size)
      return cached.file;
    const bytes = await readFile(real);
    const body = file.endsWith('.ts') ? Buffer.from(withoutTypes(bytes.toString('utf8'))) : bytes;
    const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
    const served = { body, contentType, etag };
    if (cache.size < cachedFiles || cache.has(real)) {
      cache.set(real, { mtimeMs: facts.mtimeMs, size: facts.size, file: served });
    }
    return served;
  }

  return {
    async read(name) {
      const parts = name.split('/');
      if (parts.some((part) => part === '' || part.startsWith('.') || /[\\\0:]/.test(part))) return undefined;
      const root = await realpath(directory).catch(() => undefined);
      if (root === undefined) return undefined;
      const file = path.join(root, ...parts);
      return (await load(file, root)) ?? (await load(sibling(file), root));
    },
  };
}

function sibling(file: string): string {
  if (file.endsWith('.ts')) return `${file.slice(0, -3)}.js`;
  return file.endsWith('.js') ? `${file.slice(0, -3)}.ts` : '';
}

/**
 * Node warns once that `stripTypeScriptTypes` may change. Who opens the page can do nothing about that, so this one
 * warning is kept from the terminal; it is emitted while the function runs.
 */
function withoutTypes(source: string): string {
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = () => {};
  try {
    return stripTypeScriptTypes(source);
  } finally {
    process.emitWarning = emitWarning;
  }
}
