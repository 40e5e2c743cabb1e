/**
 * `npm run build`: what is published, in dist/.
 *
 * Node does not run `.ts` files inside node_modules, so the package carries JavaScript and declarations; the
 * compiler writes both. Everything else that the sources read at run time (page, styles, templates) is
 * copied to the same place beside them. `--clean` starts from an empty folder, as publishing must.
 */

import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, globSync, rmSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The projects that are published; tests, examples and benchmarks are only checked. */
const projects = ['src/core', 'src/engine', 'src/adapters', 'src/app', 'src/cli', 'src', 'studio'];

/** Where the assets of a source folder go. */
const assets = [
  { from: 'src', to: 'dist' },
  { from: 'studio', to: 'dist/studio' },
];

if (process.argv.includes('--clean')) rmSync(`${root}dist`, { recursive: true, force: true });
compile();
for (const { from, to } of assets) copyAssets(from, to);
chmodSync(`${root}dist/cli/main.js`, 0o755);

function compile(): void {
  const tsc = fileURLToPath(import.meta.resolve('typescript/package.json')).replace(
    'package.json',
    'bin/tsc',
  );
  const { status } = spawnSync(process.execPath, [tsc, '-b', ...projects], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) process.exit(status ?? 1);
}

function copyAssets(from: string, to: string): void {
  for (const path of globSync('**/*', { cwd: `${root}${from}` })) {
    const source = `${root}${from}/${path}`;
    if (path.endsWith('.ts') || path.endsWith('tsconfig.json') || !statSync(source).isFile()) continue;
    cpSync(source, `${root}${to}/${path}`);
  }
}
