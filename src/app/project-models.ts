/** The models of a project that does not run: its files, and what was published while it ran. */

import type { Model } from '../core/model/index.ts';
import type { SourceText } from '../core/document/index.ts';
import { GemelError, renderDiagnostics } from '../core/diagnose/index.ts';
import { loadProject } from './load.ts';
import type { Project } from './project.ts';
import { modelsDirectory, type Publication, PublishedModels } from './published-models.ts';

/**
 * Also while it runs: nothing is changed.
 *
 * Rejects with GemelError `PROJECT_MISSING`, `FILE_UNREADABLE`, `PROJECT_INVALID` or `MODEL_VERSION_EXISTS`.
 */
export async function readModels(
  directory: string,
  warn: (message: string) => void,
): Promise<readonly Model[]> {
  return (await open(projectOf(directory), warn)).models;
}

/**
 * Publishes into a project that no process runs.
 *
 * @returns where, and what came of it.
 *
 * Rejects as `readModels` does, and with `CHECKPOINT_LOCKED` if a process runs it, or `CHECKPOINT_UNWRITABLE`.
 */
export async function publishInto(
  directory: string,
  source: SourceText,
  warn: (message: string) => void,
): Promise<{ readonly published: Publication; readonly place: string }> {
  const project = projectOf(directory);
  const { createFileCheckpoints } = await import('../adapters/checkpoint/index.ts');
  const lock = createFileCheckpoints(project.checkpoint.directory);
  try {
    const published = await (await open(project, warn)).publish(source);
    return { published, place: modelsDirectory(project) };
  } finally {
    await lock.close();
  }
}

async function open(project: Project, warn: (message: string) => void): Promise<PublishedModels> {
  const { createFileTexts } = await import('../adapters/checkpoint/index.ts');
  const texts = createFileTexts(modelsDirectory(project));
  return PublishedModels.open({
    texts,
    models: project.models,
    log: { info() {}, warn: (_fields, text) => warn(text) },
  });
}

function projectOf(directory: string): Project {
  const { project, diagnostics, sources } = loadProject(directory, { secrets: 'skip' });
  if (project !== undefined) return project;
  const picture = renderDiagnostics(diagnostics, { sources, color: 'never' });
  throw new GemelError('PROJECT_INVALID', `the project has problems\n${picture}`, {
    hint: 'correct the problems above',
    diagnostics,
  });
}
