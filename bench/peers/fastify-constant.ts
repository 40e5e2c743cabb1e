/** A bare Fastify route that returns a constant: what HTTP itself costs in Node. Prints its address. */

import { fastify } from 'fastify';

const app = fastify();
app.get('/state', () => ({ temperature: 65.25, vibration: 2.1, rpm: 1500, timestamp: 12.5 }));
console.log(await app.listen({ host: '127.0.0.1', port: 0 }));
