/** `gemel init`: a first project that runs at once, with comments for people who have never written a model. */

import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Command } from 'commander';
import { displayName, publishedSchema, reasonOf } from '../app/index.ts';
import { GemelError } from '../core/diagnose/index.ts';
import { recording, templateFiles } from './template.ts';
import { usageError } from './terminal.ts';

const readme = 'README.md';

export function initCommand(): Command {
  return new Command('init')
    .summary('make a first project')
    .description(
      'Makes a first project that runs at once: a motor, its model, a recording, and schemas for your editor.',
    )
    .argument('[directory]', 'where: default the current directory', '.')
    .addHelpText('after', '\nExample:\n  gemel init my-plant && gemel up my-plant')
    .action(initAction);
}

function initAction(directory: string): void {
  const files: Readonly<Record<string, string>> = {
    ...templateFiles,
    'recordings/motor.csv': recording(),
    'schema/model.schema.json': `${JSON.stringify(publishedSchema('model'), null, 2)}\n`,
    'schema/project.schema.json': `${JSON.stringify(publishedSchema('project'), null, 2)}\n`,
  };
  // A README of one's own is kept; ours is only a guide.
  const wanted = Object.keys(files).filter((file) => file !== readme || !existsSync(join(directory, file)));
  const there = wanted.filter((file) => existsSync(join(directory, file)));
  if (there.length > 0) {
    throw usageError(`nothing was made: ${there.join(', ')} would be overwritten`, 'name another directory');
  }
  for (const file of wanted) write(join(directory, file), files[file] ?? '');
  const place = displayName(directory);
  const where = directory === '.' ? '' : ` ${place}`;
  process.stdout.write(
    [
      ...wanted.map((file) => `  ${join(place === '.' ? '' : place, file)}`),
      '',
      `Start it:  gemel up${where}`,
      ...(wanted.includes(readme) ? [`Then read: ${join(place, readme)}`] : []),
      '',
    ].join('\n'),
  );
}

function write(path: string, text: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    // `wx`: what came into being a moment ago is not overwritten either.
    writeFileSync(path, text, { flag: 'wx' });
  } catch (error) {
    throw new GemelError('FILE_UNREADABLE', `${displayName(path)} cannot be written: ${reasonOf(error)}`, {
      cause: error,
    });
  }
}
