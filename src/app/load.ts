/**
 * A project directory → a checked project. Every problem is found at once and has its place: first those of the
 * file's shape, then those of names, units and values, then those inside its models.
 */

import { dirname, resolve } from 'node:path';
import { type Diagnostic, GemelError } from '../core/diagnose/index.ts';
import { readDocument } from '../core/document/index.ts';
import { readBroker } from './broker.ts';
import { displayName, findProject, readFile } from './files.ts';
import { Findings } from './findings.ts';
import { readHistory } from './history.ts';
import { loadModels } from './models.ts';
import { defaults } from './options.ts';
import type { Project } from './project.ts';
import { ProjectDocumentSchema } from './schema.ts';
import { readAlarms, readCheckpoint, readHttp, readJournal, readListen } from './services.ts';
import { loadTwins } from './twins.ts';

export interface LoadOptions {
  /** Where `${NAME}` is looked up. Default `process.env`. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** `skip` leaves passwords and certificates alone: to check a project where they are not. Default `read`. */
  readonly secrets?: 'read' | 'skip';
}

export interface LoadedProject {
  /** Absent if there is an error among the diagnostics. */
  readonly project?: Project;
  readonly diagnostics: readonly Diagnostic[];
  /** The texts of all files read, by the name that diagnostics show. */
  readonly sources: ReadonlyMap<string, string>;
}

/**
 * Loads the project of a directory, or one file.
 *
 * @throws GemelError `PROJECT_MISSING`, `FILE_UNREADABLE`.
 */
export function loadProject(path: string, options: LoadOptions = {}): LoadedProject {
  const found = resolve(findProject(path));
  const directory = dirname(found);
  const file = displayName(found);
  const text = readFile(found);
  const read = readDocument({ file, text }, ProjectDocumentSchema);
  if (!read.document) return { diagnostics: read.diagnostics, sources: new Map([[file, text]]) };

  const document = read.document.value;
  const findings = new Findings(read.document);
  const models = loadModels(directory, document.models, findings);
  const twins = loadTwins(document, models, findings);
  const { environment = process.env, secrets = 'read' } = options;
  const site = { directory, environment, secrets, findings };
  const checkpoint = readCheckpoint(document, directory, findings);
  const project: Project = {
    directory,
    listen: readListen(document, findings),
    http: readHttp(document, twins, findings),
    mqtt: readBroker(document, site),
    kernel: document.kernel ?? defaults.kernel,
    alarms: readAlarms(document, findings),
    checkpoint,
    ...readHistory(document, checkpoint.directory, site),
    ...readJournal(document, checkpoint.directory, findings),
    models: models.models,
    twins: twins.twins,
    publications: twins.publications,
    ...(document.workers === undefined ? {} : { workers: document.workers }),
  };
  const diagnostics = [...read.diagnostics, ...findings.diagnostics, ...models.diagnostics];
  const sources = new Map([[file, text], ...models.sources]);
  if (diagnostics.some(({ severity }) => severity === 'error')) return { diagnostics, sources };
  return { project, diagnostics, sources };
}

/** Where the project of a directory keeps its checkpoints; undefined if there is none that can be read. Nothing else of it is looked at. */
export function checkpointDirectoryOf(directory: string): string | undefined {
  try {
    const file = findProject(directory);
    const { document } = readDocument({ file, text: readFile(file) }, ProjectDocumentSchema);
    return document && readCheckpoint(document.value, directory, new Findings(document)).directory;
  } catch (error) {
    if (error instanceof GemelError) return undefined;
    throw error;
  }
}
