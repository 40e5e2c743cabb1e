/** The project that faults are done to: twins with a hidden state, in units of SI, so that texts show every bit. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LoadedProject, loadProject, type Project } from '../../src/app/index.ts';

export const twinCount = 20;
export const twinIds = Array.from({ length: twinCount }, (_, i) => `block-${i + 1}`);
export const periodMs = 200;
export const defaultLatenessSeconds = 20;

const modelOf = (version: string) => `
gemel: 1
model: heated-block
version: ${version}
solver: { step: 0.05 s }
inputs:
  heater: { unit: W, default: 400 }
parameters:
  capacity: { unit: J/K, value: 900 }
  ambient: { unit: K, value: 290 }
states:
  temperature: { unit: K, start: 300, noise: 0.05 K/s^0.5, uncertainty: 2 K }
  loss: { unit: W/K, start: 8, noise: 0.1 W/K/s^0.5, uncertainty: 3 W/K }
equations:
  der(temperature): (heater - loss * (temperature - ambient)) / capacity
  der(loss): 0
measurements:
  thermometer: { equals: temperature, unit: K, noise: 0.3 K }
`;

export interface ProjectOptions {
  /** How long the journal keeps what nobody needs. Default a day. */
  readonly keep?: string;
  /** How late a sample may be. Default 20 s. */
  readonly latenessSeconds?: number;
  /** How many versions of the model there are; twins begin with the first. Default 1. */
  readonly versions?: number;
  /** More lines of the project. */
  readonly more?: readonly string[];
}

const projectOf = ({
  versions = 1,
  keep = '1 d',
  latenessSeconds = defaultLatenessSeconds,
  more = [],
}: ProjectOptions) => `
gemel: 1
models: [${fileNames(versions).join(', ')}]
checkpoint: { every: 1 s }
journal: { keep: ${keep} }
workers: 2
${more.join('\n')}
twins:
  block-{1..${twinCount}}: { model: heated-block@1.0.0, period: ${periodMs} ms, lateness: ${latenessSeconds} s }
`;

function fileNames(versions: number): readonly string[] {
  return Array.from({ length: versions }, (_, i) => `model-${i}.yaml`);
}

export function writeProject(directory: string, options: ProjectOptions = {}): void {
  mkdirSync(directory, { recursive: true });
  for (const [i, name] of fileNames(options.versions ?? 1).entries())
    writeFileSync(join(directory, name), modelOf(`1.${i}.0`));
  writeFileSync(join(directory, 'gemel.yaml'), projectOf(options));
}

export function readProject(directory: string): Project {
  const loaded: LoadedProject = loadProject(directory);
  if (loaded.project === undefined) throw new Error(JSON.stringify(loaded.diagnostics));
  return loaded.project;
}
