/** The lock of a project: who has it may write what is in the directory of its checkpoints. */

/** @throws GemelError `CHECKPOINT_LOCKED` if the project runs. */
export async function lockProject(directory: string): Promise<{ release(): Promise<void> }> {
  const { createFileCheckpoints } = await import('../adapters/checkpoint/index.ts');
  const checkpoints = createFileCheckpoints(directory);
  return { release: () => checkpoints.close() };
}
