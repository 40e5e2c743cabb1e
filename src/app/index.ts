/** The application layer's public surface. Nothing here loads an adapter: `startProject` does when it is called. */

export { createBackend } from './backend.ts';
export { type DurationResult, parseDuration, type ValueProblem } from './duration.ts';
export { displayName, isDirectory, projectFileName, readFile, reasonOf } from './files.ts';
export type { ComposeOptions, Running } from './compose.ts';
export { checkpointDirectoryOf, type LoadedProject, type LoadOptions, loadProject } from './load.ts';
export { type KernelName, kernels } from './options.ts';
export type { Project } from './project.ts';
export { publishInto, readModels } from './project-models.ts';
export { publishedSchema } from './published.ts';
export { type ProjectDocument, ProjectDocumentSchema } from './schema.ts';
export type { Log, LogLevel, LogOptions } from './log.ts';
export type { ReplayOptions, ReplayReport } from './replay/replay.ts';
export { openHistoryOf, openLog, playTable, replayProject, startProject } from './start.ts';
export type { StoredHistory } from './stored-history.ts';
export { parseValue, type ValueResult } from './value.ts';
export { readVersion } from './version.ts';
