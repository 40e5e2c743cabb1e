/**
 * A journal in a directory: records in order, each on the disk before it is confirmed.
 *
 * Records that come while a write is under way are written together by the next one (group commit), so that the cost of
 * flushing is shared by all who wait. When the disk refuses, nothing is confirmed: the records wait in memory, up to a
 * limit beyond which `append` refuses, and the write is tried again every second in a new segment, since what a failed
 * flush has left behind in the old one is not known.
 * Source    Rebello et al., "Can applications recover from fsync failures?", USENIX ATC 2020.
 */

import path from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { assertInvariant, GemelError } from '../../core/diagnose/index.ts';
import { compactEnd } from './compact.ts';
import { type AppendedFile, type JournalFiles, nodeFiles } from './files.ts';
import {
  cutPage,
  encodeSegmentHeader,
  entriesOf,
  pageOf,
  recordHeaderBytes,
  recordLimitBytes,
  type RecordPage,
  segmentHeaderBytes,
} from './format.ts';
import { Group } from './group.ts';
import { describeHole, holesOf, type JournalNote, recover } from './recover.ts';
import { listSegments, type ReadSegment, readSegment, type Segment, segmentName } from './segments.ts';

export interface FileJournalOptions {
  readonly log?: (note: JournalNote) => void;
  /** A segment that has grown to this is closed and a new one begun. Default 64 MiB. */
  readonly segmentBytes?: number;
  /** Records that wait for the disk; beyond it `append` refuses. Default 64 MiB. */
  readonly waitingBytes?: number;
  /** How long after a refusal of the disk the next write is tried. Default 1 s. */
  readonly retryMs?: number;
  /** How long records are kept that nobody needs for a restart. Default 0: not at all. */
  readonly keepMs?: number;
  /** So much is kept at most, however young; what a restart needs is kept in any case. Default 4 GiB. */
  readonly keepBytes?: number;
  /** For tests. */
  readonly files?: JournalFiles;
}

export interface JournalEntry {
  readonly number: number;
  readonly content: Uint8Array;
}

export interface FileJournal {
  /** Number of the oldest record that is kept. */
  readonly first: number;
  /** Number of the newest record, confirmed or not; 0 if there is none. */
  readonly last: number;
  /** Number of the newest record that would survive a power cut. */
  readonly durable: number;
  /** What the disk said, while it refuses. */
  readonly failure: string | undefined;
  readonly waitingBytes: number;
  /** How long the oldest record that is not on the disk has waited for it; 0 if none does. */
  readonly waitedMs: number;
  /** Whether so much waits for the disk that no record is taken. */
  readonly full: boolean;
  /**
   * Adds a record behind all others, in a copy. Returns its number, or undefined if the journal is full or closed.
   *
   * @throws GemelError `JOURNAL_RECORD_TOO_LARGE` beyond 16 MiB.
   */
  append(content: Uint8Array): number | undefined;
  /** Resolves once every record so far is durable: never while the disk refuses. Rejects if the journal is closed first. */
  committed(): Promise<void>;
  /**
   * The records from number `from` on, as of the call, those that wait for the disk included. Damage is noted with its place,
   * and passed over.
   */
  read(from: number): AsyncGenerator<JournalEntry>;
  /** The same, many at once. */
  pages(from: number): AsyncGenerator<RecordPage>;
  /**
   * Lets numbers go on after this one, if the journal knows of none so high: whoever has it was confirmed what the disk has
   * lost since. To be called before the first record. Returns how many are lost.
   */
  resumeAfter(number: number): number;
  /**
   * Deletes the oldest segments, of records before this one alone, as far as they are older than is to be kept, or
   * more. Resolves to how many.
   */
  release(before: number): Promise<number>;
  /** Writes what waits, unless the disk refuses, and lets go of the file. */
  close(): Promise<void>;
}

/** The segment that is written to, and how many of its bytes are confirmed. */
interface OpenSegment {
  readonly file: AppendedFile;
  bytes: number;
}

/**
 * Opens the journal in a directory, making it if need be. What a crash has torn off the end is cut and noted; damage
 * before the end is noted when it is read, and what can be read is kept.
 *
 * The directory must be locked by the caller: two journals in one would destroy each other.
 *
 * @throws GemelError `JOURNAL_UNWRITABLE` if the directory cannot be made, listed or read.
 */
export async function openFileJournal(
  directory: string,
  options: FileJournalOptions = {},
): Promise<FileJournal> {
  const files = options.files ?? nodeFiles;
  try {
    await files.makeDirectory(directory);
    const last = await recover(directory, files, options.log ?? (() => undefined));
    // It is as good without.
    await compactEnd(directory, files).catch(() => undefined);
    const [oldest] = await listSegments(directory, files);
    return new Journal(directory, files, { ...options, first: oldest?.first ?? last + 1, last });
  } catch (error) {
    throw unwritable(directory, error);
  }
}

class Journal implements FileJournal {
  failure: string | undefined;
  waitingBytes = 0;
  first: number;
  #last: number;
  #durable: number;
  readonly #directory: string;
  readonly #files: JournalFiles;
  readonly #log: (note: JournalNote) => void;
  readonly #limits: Required<Omit<FileJournalOptions, 'log' | 'files'>>;
  /** What is not on the disk: the group that is written, if any, and the one that gathers what comes meanwhile. */
  #groups: Group[] = [];
  #isWriting = false;
  /** Of a group that is written, for the next. */
  #spare: Buffer | undefined;
  #segment: OpenSegment | undefined;
  #writing: Promise<void> | undefined;
  readonly #closing = new AbortController();
  /** Damage that was told. */
  readonly #damaged = new Set<string>();

  constructor(
    directory: string,
    files: JournalFiles,
    options: FileJournalOptions & Pick<FileJournal, 'first' | 'last'>,
  ) {
    const { first, last, log = () => undefined } = options;
    this.#directory = directory;
    this.#files = files;
    this.#log = log;
    this.#limits = {
      segmentBytes: options.segmentBytes ?? 67_108_864,
      waitingBytes: options.waitingBytes ?? 67_108_864,
      retryMs: options.retryMs ?? 1000,
      keepMs: options.keepMs ?? 0,
      keepBytes: options.keepBytes ?? 4 * 2 ** 30,
    };
    this.first = first;
    this.#last = last;
    this.#durable = last;
  }

  get last(): number {
    return this.#last;
  }

  get durable(): number {
    return this.#durable;
  }

  get waitedMs(): number {
    const [oldest] = this.#groups;
    return oldest === undefined ? 0 : performance.now() - oldest.sinceMs;
  }

  get full(): boolean {
    return this.waitingBytes >= this.#limits.waitingBytes;
  }

  append(content: Uint8Array): number | undefined {
    if (content.length > recordLimitBytes) {
      throw new GemelError(
        'JOURNAL_RECORD_TOO_LARGE',
        `a record of ${content.length} bytes; at most ${recordLimitBytes} are possible`,
      );
    }
    if (this.#closing.signal.aborted || this.full) return undefined;
    this.#last++;
    this.waitingBytes += content.length + recordHeaderBytes;
    this.#gathering().add(content);
    this.#writing ??= this.#write();
    return this.#last;
  }

  committed(): Promise<void> {
    return this.#groups.at(-1)?.committed ?? Promise.resolve();
  }

  resumeAfter(number: number): number {
    const lost = number - this.#last;
    if (!(lost > 0)) return 0;
    assertInvariant(this.#groups.length === 0, 'numbers are settled before the first record');
    this.#log({
      level: 'error',
      code: 'JOURNAL_CORRUPT',
      message: `records ${this.#last + 1} to ${number} were confirmed and are no longer there; the next is ${number + 1}`,
    });
    this.#last = number;
    this.#durable = number;
    return lost;
  }

  async *read(from: number): AsyncGenerator<JournalEntry> {
    for await (const page of this.pages(from)) for (const entry of entriesOf(page)) yield entry;
  }

  async *pages(from: number): AsyncGenerator<RecordPage> {
    const until = this.#durable;
    // A copy, since the memory of what is written meanwhile is used again.
    const waiting = this.#groups.map(({ first, bytes }) => pageOf(first, Buffer.from(bytes)));
    const segments = await listSegments(this.#directory, this.#files);
    for (const [index, segment] of segments.entries()) {
      const next = segments[index + 1];
      if ((next !== undefined && next.first <= from) || segment.first > until) continue;
      const read = await readSegment(segment, next, this.#files);
      this.#note(read, next);
      for (const stretch of read.stretches) yield cutPage({ ...stretch, bytes: read.bytes }, from, until);
    }
    for (const page of waiting) yield cutPage(page, from, Number.POSITIVE_INFINITY);
  }

  /** Says what is missing, once. */
  #note(read: ReadSegment, next: Segment | undefined): void {
    for (const hole of holesOf(read, next)) {
      const { message, ...note } = describeHole(read.segment, hole);
      if (!this.#damaged.has(message)) this.#log({ ...note, message });
      this.#damaged.add(message);
    }
  }

  async release(before: number): Promise<number> {
    const { keepMs, keepBytes } = this.#limits;
    const segments = await listSegments(this.#directory, this.#files);
    const described = await Promise.all(segments.map(({ file }) => this.#files.describe(file)));
    let bytes = described.reduce((sum, one) => sum + one.bytes, 0);
    const oldestMs = Date.now() - keepMs;
    let removed = 0;
    for (const [index, { file }] of segments.entries()) {
      const next = segments[index + 1];
      const { bytes: size, writtenMs } = described[index] ?? { bytes: 0, writtenMs: 0 };
      if (next === undefined || next.first > before) break;
      if (writtenMs > oldestMs && bytes <= keepBytes) break;
      await this.#files.remove(file);
      this.first = next.first;
      bytes -= size;
      removed++;
    }
    return removed;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#writing;
    const closed = new GemelError(
      'FLEET_STOPPED',
      'the journal was closed before the record was on the disk',
    );
    for (const { reject } of this.#groups) reject(closed);
    await this.#segment?.file.close();
    this.#segment = undefined;
  }

  /** The group that is not being written; a new one if there is none. */
  #gathering(): Group {
    const newest = this.#groups.at(-1);
    if (newest !== undefined && !(this.#isWriting && this.#groups.length === 1)) return newest;
    const group = new Group(this.#last, this.#spare);
    this.#spare = undefined;
    this.#groups.push(group);
    return group;
  }

  /** Writes group after group until nothing waits. */
  async #write(): Promise<void> {
    // What is appended in the same turn of the loop belongs to the first group.
    await new Promise((resolve) => setImmediate(resolve));
    for (;;) {
      const [group] = this.#groups;
      if (group === undefined) break;
      this.#isWriting = true;
      try {
        await this.#writeGroup(group);
      } catch (error) {
        await this.#abandonSegment();
        this.#refused(error);
        if (this.#closing.signal.aborted) break;
        await later(this.#limits.retryMs, undefined, { signal: this.#closing.signal }).catch(() => undefined);
      } finally {
        this.#isWriting = false;
      }
    }
    this.#writing = undefined;
  }

  async #writeGroup(group: Group): Promise<void> {
    const segment = await this.#segmentFor(group);
    const { bytes } = group;
    await segment.file.append(bytes);
    segment.bytes += bytes.length;
    this.waitingBytes -= bytes.length;
    this.#durable += group.count;
    this.#groups.shift();
    this.#spare = group.takeMemory();
    if (this.failure !== undefined) this.#log({ level: 'info', message: 'the journal is written again' });
    this.failure = undefined;
    group.resolve();
  }

  async #segmentFor({ first: number }: Group): Promise<OpenSegment> {
    if (this.#segment !== undefined && this.#segment.bytes < this.#limits.segmentBytes) return this.#segment;
    await this.#segment?.file.close();
    this.#segment = undefined;
    const file = path.join(this.#directory, segmentName(number));
    const opened = await this.#files.openAppended(file);
    try {
      // A segment of this name holds only records whose write was never confirmed.
      await opened.cutTo(0);
      await opened.append(encodeSegmentHeader(number));
      await this.#files.syncDirectory(this.#directory);
    } catch (error) {
      await opened.close().catch(() => undefined);
      throw error;
    }
    this.#segment = { file: opened, bytes: segmentHeaderBytes };
    return this.#segment;
  }

  /** After a failed write nothing more goes into that segment. What it should not have is cut off if that is possible. */
  async #abandonSegment(): Promise<void> {
    const segment = this.#segment;
    this.#segment = undefined;
    if (segment === undefined) return;
    await segment.file.cutTo(segment.bytes).catch(() => undefined);
    await segment.file.close().catch(() => undefined);
  }

  /** Says it once until it works again. */
  #refused(error: unknown): void {
    const problem = unwritable(this.#directory, error);
    if (this.failure === undefined) {
      this.#log({ level: 'error', code: 'JOURNAL_UNWRITABLE', message: problem.message });
    }
    this.failure = problem.message;
  }
}

function unwritable(directory: string, cause: unknown): GemelError {
  if (cause instanceof GemelError) return cause;
  const why = cause instanceof Error ? cause.message : String(cause);
  return new GemelError('JOURNAL_UNWRITABLE', `the journal in ${directory} cannot be written: ${why}`, {
    hint: 'free some space, or let the user who runs Gemel write there; until then nothing is acknowledged',
    cause,
  });
}
