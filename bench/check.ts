/**
 * `gemel check` on the pump's model, from the call to the end of the process, beside the start of Node itself.
 *
 * Compiled code is cached by Node in the directory for temporary files: one of the benchmark's own keeps other runs
 * out of it and gives a first, cold run.
 */

import { join } from 'node:path';
import { program, root } from './lib/engine.ts';
import { atMost, type Bench, type Context, type Figure, readable } from './lib/report.ts';
import { interleave } from './lib/statistics.ts';

const limitMs = 300;

export const check: Bench = {
  name: 'check',
  summary: "gemel check on the pump's model, beside `node -e 0`",
  about:
    'The whole process of gemel check on one model, from the call to its end. ' +
    'The start of Node itself stands beside it: the difference is ours.',
  async run({ scope, quick, note }: Context): Promise<readonly Figure[]> {
    const model = join(root, 'examples/pump-station/models/station-pump.yaml');
    const env = { TMPDIR: scope.directory() };
    const time = async (args: readonly string[]): Promise<number> => {
      const { milliseconds, code, stderr } = await scope.run(process.execPath, args, { env });
      if (code !== 0) throw new Error(`node ${args.join(' ')} ended with ${code}\n${stderr}`);
      return milliseconds;
    };
    const checkModel = () => time([program, 'check', model]);
    const cold = await checkModel();
    await checkModel();
    const { gemel, bare } = await interleave(quick ? 5 : 7, {
      gemel: checkModel,
      bare: () => time(['-e', '0']),
    });
    note(`check: ${readable(cold)} ms the first time ever, without compiled code in the cache`);
    const peer = { name: 'node -e 0', value: bare };
    return [atMost(limitMs, { name: 'check', value: gemel, unit: 'ms', peer })];
  },
};
