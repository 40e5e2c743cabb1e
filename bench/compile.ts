/**
 * From a document's text to a kernel that has run: again in a process that has done it before, and for the first time in a
 * fresh process, in which nothing is compiled yet and Node finds no compiled code of an earlier one.
 *
 * Cold is counted from the reading of the text, when the modules are loaded; starting Node and loading them is told beside it.
 */

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CompileReport } from './lib/compile-once.ts';
import { compileOnce } from './lib/compile-once.ts';
import { atMost, type Bench, type Context, type Figure, readable } from './lib/report.ts';
import { median } from './lib/statistics.ts';
import { pumpPath, readText } from './lib/twins.ts';

const warmMs = 100;
const coldMs = 250;
const script = fileURLToPath(new URL('lib/compile-once.ts', import.meta.url));

export const compile: Bench = {
  name: 'compile',
  group: 'kernel',
  summary: "from the text of the pump's model to a kernel that has run, warm and cold",
  about:
    'From the text of a model to a kernel that has run once: again in the same process, and in a fresh one in which nothing is compiled yet. ' +
    'Counted from the reading of the text; loading the program itself is in the notes.',
  async run({ scope, quick, note }: Context): Promise<readonly Figure[]> {
    const runs = quick ? 5 : 11;
    const text = readText(pumpPath);
    // Another number each time, so that no module is found in the backend's cache.
    const warm = Array.from({ length: runs }, (_, i) => compileOnce(text.replace('0.0142', `0.0142${i}`)));
    const cold: CompileReport[] = [];
    for (let run = 0; run < runs; run++) {
      // An empty directory and the variable off: Node keeps compiled code in neither.
      const env = { TMPDIR: scope.directory(), NODE_COMPILE_CACHE: '', NODE_DISABLE_COMPILE_CACHE: '1' };
      const { code, stdout, stderr } = await scope.run(process.execPath, [script], { env });
      if (code !== 0) throw new Error(`${join('lib', 'compile-once.ts')} ended with ${code}\n${stderr}`);
      cold.push(JSON.parse(stdout) as CompileReport);
    }
    const sinceStart = median(cold.map(({ sinceStartMs }) => sinceStartMs));
    note(
      `compile.cold: ${readable(sinceStart)} ms since the start of Node, its modules loaded from TypeScript`,
    );
    return [
      atMost(warmMs, { name: 'compile.warm', value: median(warm), unit: 'ms' }),
      atMost(coldMs, { name: 'compile.cold', value: median(cold.map(({ ms }) => ms)), unit: 'ms' }),
    ];
  },
};
