/**
 * The documentation page at `/docs`: Swagger UI from the package, with the OpenAPI document of this server.
 *
 * It is a small server of its own behind the route, made when somebody first opens the page, so that those who never
 * do start without it.
 */

import type { FastifyInstance } from 'fastify';
import { OPENAPI_PATH } from './openapi.ts';

/** Swagger UI sets styles inline and has its images in the style sheet. */
const contentSecurityPolicy =
  "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'; " +
  "frame-ancestors 'none'";

export function docsRoutes(app: FastifyInstance): void {
  let page: Promise<FastifyInstance> | undefined;
  for (const url of ['/docs', '/docs/*']) {
    app.get(url, { schema: { hide: true } }, async (request, reply) => {
      page ??= createPage();
      const pages = await page;
      reply.hijack();
      pages.routing(request.raw, reply.raw);
    });
  }
  app.addHook('onClose', async () => {
    await (await page)?.close();
  });
}

async function createPage(): Promise<FastifyInstance> {
  const [{ fastify }, { default: swagger }, { default: swaggerUi }] = await Promise.all([
    import('fastify'),
    import('@fastify/swagger'),
    import('@fastify/swagger-ui'),
  ]);
  const page = fastify();
  page.addHook('onRequest', (_request, reply, done) => {
    reply.header('x-content-type-options', 'nosniff').header('referrer-policy', 'no-referrer');
    done();
  });
  await page.register(swagger, {});
  await page.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: contentSecurityPolicy,
    uiConfig: { url: OPENAPI_PATH, deepLinking: true, tryItOutEnabled: true, defaultModelsExpandDepth: 0 },
    theme: { title: 'Gemel: HTTP interface' },
  });
  await page.ready();
  return page;
}
