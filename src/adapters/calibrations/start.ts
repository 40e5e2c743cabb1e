/** Where the thread of a calibration begins: it does its one job, says how it went, and ends. */

import { enableCompileCache } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import type { FromJob, JobData, ToJob } from './messages.ts';

enableCompileCache();
const { problemOf, runJob } = await import('./run.ts');
if (parentPort === null) throw new Error('this is for the inside of a worker thread');
const port = parentPort;
const tell = (message: FromJob): void => port.postMessage(message);
let stopped = false;
port.on('message', (message: ToJob) => {
  if (message.kind === 'stop') stopped = true;
});
try {
  const result = await runJob(workerData as JobData, {
    isStopped: () => stopped,
    progress: (progress) => tell({ kind: 'progress', progress }),
  });
  tell({ kind: 'done', result });
} catch (error) {
  tell({ kind: 'failed', problem: problemOf(error) });
}
port.close();
