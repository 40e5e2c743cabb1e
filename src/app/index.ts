/** The application layer's public surface. Nothing here loads an adapter: `startProject` does when it is called. */

export { createBackend } from './backend.ts';
export { parseDuration } from './duration.ts';
export { displayName, isDirectory, projectFileName, readFile, reasonOf } from './files.ts';
export type { Running } from './compose.ts';
export { checkpointDirectoryOf, type LoadedProject, type LoadOptions, loadProject } from './load.ts';
export { type KernelName, kernels } from './options.ts';
export type { Project } from './project.ts';
export { publishInto, readModels } from './project-models.ts';
export { publishedSchema } from './published.ts';
export { ProjectDocumentSchema } from './schema.ts';
export type { Log, LogLevel } from './log.ts';
export type { ReplayReport } from './replay/replay.ts';
export { openHistoryOf, openLog, playTable, replayProject, startProject } from './start.ts';
export type { StoredHistory } from './stored-history.ts';
export { parseValue } from './value.ts';
export { readVersion } from './version.ts';
