/** `gemel check`: everything that is wrong with models and projects, each with its place. */

import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Command } from 'commander';
import { displayName, isDirectory, loadProject, projectFileName, reasonOf } from '../app/index.ts';
import { type Diagnostic, diagnosticsToJson, renderDiagnostics } from '../core/diagnose/index.ts';
import { compileModel, type Model } from '../core/model/index.ts';
import { colorOn } from './terminal.ts';

/** What was looked at, and what was found in it. */
interface Checked {
  readonly file: string;
  readonly kind: 'model' | 'project';
  /** One line: what it holds. Absent if it has errors. */
  readonly summary?: string;
  readonly diagnostics: readonly Diagnostic[];
  readonly sources: ReadonlyMap<string, string>;
}

export function checkCommand(): Command {
  return new Command('check')
    .summary('check models and projects')
    .description('Checks model files, project files and directories, and reports all problems at once.')
    .argument('[files...]', 'files or directories: default the current directory')
    .option('--json', 'print the problems as JSON, for editors and programs')
    .addHelpText(
      'after',
      `
Examples:
  gemel check models/pump.yaml
  gemel check . --json

Exit code: 0 all is well, 1 problems were found, 2 the command line was wrong.
Passwords and certificates of a project are not looked for.`,
    )
    .action((files: readonly string[], options: { readonly json?: boolean }) => {
      const checked = (files.length > 0 ? files : ['.']).flatMap(checkPath);
      const ok = !checked.some(({ diagnostics }) => diagnostics.some(({ severity }) => severity === 'error'));
      if (options.json) printJson(checked, ok);
      else printForPeople(checked);
      if (!ok) process.exitCode = 1;
    });
}

/** A project directory is its project; any other directory is all the documents below it. */
function checkPath(path: string): readonly Checked[] {
  if (!isDirectory(path)) return [checkFile(path)];
  const project = join(path, projectFileName);
  const files = globSync(`**/*.{yaml,yml}`, {
    cwd: path,
    exclude: (name) => name === 'node_modules' || name.startsWith('.'),
  });
  if (files.includes(projectFileName)) return [checkFile(project)];
  const documents = files.toSorted().map((file) => join(path, file));
  return documents.length > 0 ? documents.map(checkFile) : [checkFile(project)];
}

function checkFile(path: string): Checked {
  const file = displayName(path);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const message = `${file} cannot be read: ${reasonOf(error)}`;
    const diagnostic: Diagnostic = { code: 'FILE_UNREADABLE', severity: 'error', message };
    return { file, kind: 'model', diagnostics: [diagnostic], sources: new Map() };
  }
  return isProject(path, text) ? checkProject(path, file) : checkModel(file, text);
}

function checkModel(file: string, text: string): Checked {
  const { model, diagnostics } = compileModel({ file, text });
  const sources = new Map([[file, text]]);
  return { file, kind: 'model', diagnostics, sources, ...(model ? { summary: describeModel(model) } : {}) };
}

function checkProject(path: string, file: string): Checked {
  const { project, diagnostics, sources } = loadProject(path, { secrets: 'skip' });
  if (!project) return { file, kind: 'project', diagnostics, sources };
  const models = project.models.map(({ id }) => id).join(', ');
  return {
    file,
    kind: 'project',
    diagnostics,
    sources,
    summary: `${counted(project.twins.length, 'twin')} of ${models}`,
  };
}

/** A project has twins, a model does not: seen without parsing, in YAML as in JSON. One that lacks them is known by its name. */
function isProject(path: string, text: string): boolean {
  if (basename(path) === projectFileName) return true;
  return /^["']?twins["']?\s*:/m.test(text) || (/^\s*\{/.test(text) && /^\s{0,4}"twins"\s*:/m.test(text));
}

function describeModel(model: Model): string {
  const { states, inputs, parameters, outputs, measurements } = model;
  const parts = [
    counted(states.length, 'state'),
    counted(inputs.length, 'input'),
    counted(parameters.length, 'parameter'),
    counted(outputs.length, 'output'),
    counted(measurements.length, 'measurement'),
  ];
  return `${model.id} · ${parts.join(', ')}`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function printJson(checked: readonly Checked[], ok: boolean): void {
  const files = checked.map(({ file, kind, summary }) => ({
    file,
    kind,
    ...(summary === undefined ? {} : { summary }),
  }));
  const diagnostics = checked.flatMap((each) => diagnosticsToJson(each.diagnostics));
  process.stdout.write(`${JSON.stringify({ ok, files, diagnostics }, null, 2)}\n`);
}

function printForPeople(checked: readonly Checked[]): void {
  for (const { file, summary } of checked) {
    if (summary !== undefined) process.stdout.write(`✓ ${file}  ${summary}\n`);
    else process.stdout.write(`✗ ${file}\n`);
  }
  const diagnostics = checked.flatMap((each) => each.diagnostics);
  const sources = new Map(checked.flatMap((each) => [...each.sources]));
  if (diagnostics.length === 0) return;
  process.stderr.write(`\n${renderDiagnostics(diagnostics, { sources, color: colorOn(process.stderr) })}`);
}
