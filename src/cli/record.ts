/** A recorded table as a record of a model's machine, for the commands that learn from one. */

import { Option } from 'commander';
import { readTable } from '../adapters/table/index.ts';
import { displayName } from '../app/index.ts';
import { readMapping, readRecording, type Recording } from '../core/calibrate/index.ts';
import type { Model } from '../core/model/index.ts';

export interface RecordFileOptions {
  /** `column=name[unit]` each. */
  readonly map?: readonly string[];
  readonly every?: number;
  readonly delimiter?: string;
}

export function mapOption(): Option {
  return new Option(
    '--map <column=name[unit]>',
    'which column is which input or measurement, or time; may be repeated; default: those of the same name',
  ).argParser((written: string, before: readonly string[] | undefined) => [...(before ?? []), written]);
}

/** @throws GemelError `FILE_UNREADABLE`, `TABLE_INVALID`, `RECORD_INVALID` */
export async function readRecord(
  model: Model,
  path: string,
  { map, every, delimiter }: RecordFileOptions,
): Promise<Recording> {
  const lines: (readonly string[])[] = [];
  for await (const { cells } of readTable({
    file: path,
    ...(delimiter === undefined ? {} : { delimiter }),
  })) {
    lines.push(cells);
  }
  const [header = [], ...rows] = lines;
  return readRecording(
    model,
    { name: displayName(path), header, rows },
    {
      columns: (map ?? []).map(readMapping),
      ...(every === undefined ? {} : { everySeconds: every }),
    },
  );
}
