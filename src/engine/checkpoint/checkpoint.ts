/**
 * The checkpoint of a fleet as bytes: all that a twin is at one moment, so that a restart goes on from there.
 *
 * Layout   "GEMELCKP" · format version (uint32) · length of the header (uint32) · header, JSON in UTF-8 · zeros up
 *          to a multiple of 8 · all numbers as float64 · all origins. Everything is little-endian. The header says how many
 *          numbers and bytes each part has. States come back bit for bit. Format 1 has no origins, and rows without their column.
 */

import { GemelError } from '../../core/diagnose/index.ts';
import { type Alarm, isSavedAlarm } from '../alarms/index.ts';
import { decodeUtf8, encodeUtf8, isRecord } from '../basics/index.ts';
import { nowhere } from '../journal/index.ts';
import { type CheckpointPart, sampleColumns, type SavedVersion } from '../protocol/index.ts';
import { unpackOrigins } from './packed-origins.ts';

/** Everything of a fleet at one moment. */
export interface Checkpoint {
  readonly parts: readonly CheckpointPart[];
  readonly alarms: readonly Alarm[];
  /** With a journal: number of the record where the newest description of the whole fleet begins. */
  readonly fleetRecord?: number;
}

/** Number of the first record of the journal that a restart from these parts reads; infinite if there are none. */
export function neededBy(parts: readonly Pick<CheckpointPart, 'journal' | 'from'>[]): number {
  return Math.min(...parts.map(({ journal = 0, from = journal + 1 }) => Math.min(from, journal + 1)));
}

const magic = 'GEMELCKP';
const formatVersion = 2;
const fixedBytes = 16;

/**
 * The bytes in pieces, one behind the other. The numbers are not copied (that of ten thousand twins are 45 MB): who has the pieces has
 * the parts' memory, too.
 */
export function encodeCheckpoint({ parts, alarms, fleetRecord }: Checkpoint): readonly Uint8Array[] {
  const header = encodeUtf8(
    JSON.stringify({
      parts: parts.map(({ values, queued, origins, ...names }) => ({
        ...names,
        values: values.length,
        queued: queued.length,
        ...(origins !== undefined && { origins: origins.length }),
      })),
      alarms,
      ...(fleetRecord !== undefined && { fleetRecord }),
    }),
  );
  const head = new Uint8Array(align(fixedBytes + header.length));
  const view = new DataView(head.buffer);
  head.set(encodeUtf8(magic), 0);
  view.setUint32(8, formatVersion, true);
  view.setUint32(12, header.length, true);
  head.set(header, fixedBytes);
  return [
    head,
    ...parts.flatMap(({ values, queued }) => [bytesOf(values), bytesOf(queued)]),
    ...parts.flatMap(({ origins }) => origins ?? []),
  ];
}

/** @throws GemelError `CHECKPOINT_CORRUPT` if the bytes are no checkpoint of this format, or not a whole one. */
export function decodeCheckpoint(bytes: Uint8Array): Checkpoint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < fixedBytes || decodeUtf8(bytes.subarray(0, 8)) !== magic)
    throw corrupt('it is no checkpoint');
  const version = view.getUint32(8, true);
  if (version < 1 || version > formatVersion)
    throw corrupt(`it has format ${version}, this program reads 1 to ${formatVersion}`);
  const headerLength = view.getUint32(12, true);
  const numbersAt = align(fixedBytes + headerLength);
  if (numbersAt > bytes.length) throw corrupt('its header is cut off');
  let at = numbersAt;
  const numbers = (count: number): Float64Array => {
    if (at + count * 8 > bytes.length) throw corrupt('its numbers are cut off');
    at += 8 * count;
    return takeNumbers(view, at - 8 * count, count);
  };
  const header = readHeader(bytes.subarray(fixedBytes, fixedBytes + headerLength));
  const width = version === 1 ? sampleColumns.origin : sampleColumns.count;
  const withNumbers = header.parts.map(({ values, queued, origins, ...names }) => {
    if (values !== names.columns.length * names.twins.length || queued % width !== 0) {
      throw corrupt(`its numbers for ${names.model} do not fit its names`);
    }
    return { ...names, values: numbers(values), queued: widened(numbers(queued), width), origins };
  });
  const parts = withNumbers.map(({ origins: length, ...part }) => {
    if (length === undefined) return part;
    const origins = bytes.slice(at, at + length);
    at += length;
    if (unpackOrigins(origins) === undefined || origins.length !== length)
      throw corrupt(`what it says of the journal for ${part.model} cannot be understood`);
    return { ...part, origins };
  });
  const { alarms, fleetRecord } = header;
  return { parts, alarms, ...(fleetRecord !== undefined && { fleetRecord }) };
}

/** Whether this machine keeps numbers as the format has them: then they are taken as they are. */
const isLittleEndian = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

function bytesOf(numbers: Float64Array): Uint8Array {
  if (isLittleEndian) return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
  const bytes = new Uint8Array(numbers.byteLength);
  const view = new DataView(bytes.buffer);
  for (const [i, number] of numbers.entries()) view.setFloat64(8 * i, number, true);
  return bytes;
}

function takeNumbers(view: DataView, at: number, count: number): Float64Array {
  const taken = new Float64Array(count);
  const from = view.byteOffset + at;
  if (isLittleEndian) new Uint8Array(taken.buffer).set(new Uint8Array(view.buffer, from, 8 * count));
  else for (let i = 0; i < count; i++) taken[i] = view.getFloat64(at + 8 * i, true);
  return taken;
}

/** Rows of a format that had fewer columns. */
function widened(rows: Float64Array, width: number): Float64Array {
  if (width === sampleColumns.count) return rows;
  const wide = new Float64Array((rows.length / width) * sampleColumns.count).fill(nowhere);
  for (let row = 0; row * width < rows.length; row++)
    wide.set(rows.subarray(row * width, (row + 1) * width), row * sampleColumns.count);
  return wide;
}

type PartHeader = Omit<CheckpointPart, 'values' | 'queued' | 'origins'> & {
  readonly values: number;
  readonly queued: number;
  readonly origins?: number;
};

interface Header {
  readonly parts: readonly PartHeader[];
  readonly alarms: readonly Alarm[];
  readonly fleetRecord?: number;
}

function readHeader(bytes: Uint8Array): Header {
  const text = decodeUtf8(bytes);
  let header: unknown;
  try {
    header = JSON.parse(text ?? '');
  } catch {
    throw corrupt('its header is not JSON');
  }
  if (!isRecord(header)) throw corrupt('its header has not the expected form');
  // Checkpoints of before there were alarms have none.
  const { parts, alarms = [], fleetRecord } = header;
  if (!Array.isArray(parts) || !parts.every(isPartHeader) || !Array.isArray(alarms)) {
    throw corrupt('its header has not the expected form');
  }
  if (!alarms.every(isSavedAlarm)) throw corrupt('its alarms have not the expected form');
  return { parts, alarms, ...(typeof fleetRecord === 'number' && { fleetRecord }) };
}

function isPartHeader(value: unknown): value is PartHeader {
  if (!isRecord(value)) return false;
  const { model, hash, savedMs, twins, versions = {}, columns, signals, values, queued, origins = 0 } = value;
  return (
    isRecord(versions) &&
    Object.values(versions).every(isSavedVersion) &&
    typeof model === 'string' &&
    typeof hash === 'string' &&
    typeof savedMs === 'number' &&
    [twins, columns, signals].every(
      (names) => Array.isArray(names) && names.every((name) => typeof name === 'string'),
    ) &&
    [values, queued, origins].every((count) => Number.isSafeInteger(count) && Number(count) >= 0)
  );
}

function isSavedVersion(value: unknown): value is SavedVersion {
  if (!isRecord(value)) return false;
  const { role, named, parameters } = value;
  if ((role !== 'live' && role !== 'shadow') || !isRecord(parameters) || !isRecord(named)) return false;
  return typeof named['model'] === 'string' && isRecord(named['parameters']);
}

function align(offset: number): number {
  return Math.ceil(offset / 8) * 8;
}

function corrupt(why: string): GemelError {
  return new GemelError('CHECKPOINT_CORRUPT', `the checkpoint cannot be read: ${why}`);
}
