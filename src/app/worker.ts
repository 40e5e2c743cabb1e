/** Where a worker thread begins whose kernels are not the usual ones: it makes its backend itself. */

import { enableCompileCache } from 'node:module';
import { defaults, kernels } from './options.ts';

// As in src/adapters/workers/start.ts.
enableCompileCache();
const { hostShard } = await import('../adapters/workers/index.ts');
const { createBackend } = await import('./backend.ts');
await hostShard((name, tell) =>
  createBackend(kernels.find((kernel) => kernel === name) ?? defaults.kernel, tell),
);
