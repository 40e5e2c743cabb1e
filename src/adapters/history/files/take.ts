/**
 * Puts the samples of a file into a history, all of them or none: the file is read twice, first to see whether there is
 * a problem with any row, then to write.
 */

import type { History, HistoryFileProblem, HistorySignal, HistoryTaken } from '../../../engine/index.ts';
import { Destination } from './destination.ts';
import { rowReader, type Table } from './rows.ts';

export interface TakeOptions {
  readonly history: Pick<History, 'signals' | 'insert'>;
  /** What the model of a twin records; undefined if there is no such twin. */
  readonly recorded: (twin: string) => readonly HistorySignal[] | undefined;
  /** The twin of rows that do not say theirs; rows of others are then refused. */
  readonly twin?: string;
  /** Nothing may be later. */
  readonly latestMs: number;
  /** What is older is counted: it will soon be deleted. Default: nothing is. */
  readonly keptSinceMs?: number;
  /** Only says what would come of it. */
  readonly dryRun: boolean;
  /** Rows, at most. Default: any number. */
  readonly mostRows?: number;
}

const mostProblems = 100;

/** @throws GemelError `HISTORY_FILE` if it is no table, `HISTORY_UNAVAILABLE` */
export async function takeFile(open: () => Promise<Table>, options: TakeOptions): Promise<HistoryTaken> {
  const found = await read(await open(), new Destination(options, 'check'), options.mostRows);
  if (found.problems.length > 0 || options.dryRun) return found;
  return read(await open(), new Destination(options, 'write'), options.mostRows);
}

async function read(
  table: Table,
  destination: Destination,
  mostRows = Number.POSITIVE_INFINITY,
): Promise<HistoryTaken> {
  const problems: HistoryFileProblem[] = [];
  let [row, wrong] = [0, 0];
  const tell = (detail: string): void => {
    if (wrong++ < mostProblems) problems.push({ row, detail });
  };
  /** What is wrong with a series is so in each of its rows. */
  const told = new Set<string>();
  const reader = rowReader(table.columns);
  if (typeof reader !== 'function') {
    tell(reader.problem);
    return { rows: 0, samples: 0, late: 0, old: 0, series: [], problems, moreProblems: 0 };
  }
  for await (const rows of table.rows) {
    const room = mostRows - row;
    for (const cells of rows.slice(0, room)) {
      row++;
      const samples = reader(cells);
      if (typeof samples === 'string') tell(samples);
      else {
        for (const sample of samples) {
          const target = destination.known(sample) ?? (await destination.find(sample));
          if (typeof target === 'string') {
            if (!told.has(target)) tell(target);
            told.add(target);
            continue;
          }
          const problem = destination.put(target, sample);
          if (problem !== undefined) tell(problem);
        }
      }
    }
    if (rows.length > room) {
      row++;
      tell(`there are more than ${mostRows.toLocaleString('en')} rows: send them in parts`);
      break;
    }
    await destination.flushIfMuch();
  }
  await destination.flush();
  const { samples, late, old, series } = destination;
  return { rows: row, samples, late, old, series, problems, moreProblems: Math.max(0, wrong - mostProblems) };
}
