/** The page at `/`, its modules, and the libraries it uses. Everything comes from here; nothing from other servers. */

import { fileURLToPath } from 'node:url';
import path from 'node:path';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { notFound, pathOf } from './errors.ts';
import { createFileDirectory, type FileDirectory, type ServedFile } from './files.ts';
import type { HttpOptions } from './options.ts';

const pageHeaders = {
  'content-security-policy':
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'; " +
    "form-action 'self'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

/** By name under `/vendor/`: where the package keeps it. */
const vendorFiles: Readonly<Record<string, string>> = {
  'uplot.js': 'uPlot.iife.min.js',
  'uplot.css': 'uPlot.min.css',
};

export function pageRoutes(app: FastifyInstance, options: Pick<HttpOptions, 'studio' | 'modules'>): void {
  const hidden = { schema: { hide: true } };

  if (options.studio !== undefined) {
    const studio = createFileDirectory(options.studio);
    // What browsers ask for by themselves, on the pages that name no picture of their own.
    app.get('/favicon.ico', hidden, (request, reply) => sendFrom(studio, 'icon.svg', request, reply));
    app.get('/', hidden, (request, reply) => sendFrom(studio, 'index.html', request, reply));
    app.get<{ Params: { '*': string } }>('/studio/*', hidden, (request, reply) =>
      sendFrom(studio, request.params['*'], request, reply),
    );
  }

  for (const [prefix, directory] of Object.entries(options.modules ?? {})) {
    const files = createFileDirectory(directory);
    app.get<{ Params: { '*': string } }>(`${prefix}*`, hidden, (request, reply) =>
      sendFrom(files, request.params['*'], request, reply),
    );
  }

  let vendor: FileDirectory | undefined;
  app.get<{ Params: { name: string } }>('/vendor/:name', hidden, (request, reply) => {
    const file = vendorFiles[request.params.name];
    if (file === undefined) throw notFound(pathOf(request.url));
    vendor ??= createFileDirectory(path.dirname(fileURLToPath(import.meta.resolve('uplot'))));
    return sendFrom(vendor, file, request, reply);
  });
}

async function sendFrom(
  directory: FileDirectory,
  name: string,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const file = await directory.read(name);
  if (file === undefined) throw notFound(pathOf(request.url));
  return sendFile(file, request, reply);
}

/** Browsers ask each time whether a file has changed, and are answered without it if not. */
function sendFile(file: ServedFile, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  reply.headers(pageHeaders).header('etag', file.etag).header('cache-control', 'no-cache');
  if (request.headers['if-none-match'] === file.etag) return reply.code(304).send();
  return reply.type(file.contentType).send(file.body);
}
