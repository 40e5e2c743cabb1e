/** What a replay has found, for people. */

import type { ReplayReport } from '../app/index.ts';
import { columns } from './columns.ts';

/** Twins, and checkpoints, that are named. */
const mostNamed = 20;

export function describeReplay(report: ReplayReport): string[] {
  const { fromMs, toMs, kernel, ticks, checkpoints } = report;
  const commands = report.commands === 0 ? '' : `, ${count(report.commands)} commands`;
  const rows = [
    ['from', iso(fromMs)],
    ['to', iso(toMs)],
    ['twins', count(report.twins)],
    ['told', `${count(report.samples)} samples${commands}`],
    ['ticks', `${count(ticks.compared)} compared, ${count(ticks.twins)} of twins in all`],
    ['checkpoints', `${count(checkpoints.count)} compared, ${count(checkpoints.twins)} twins in all`],
    ['computed by', kernel],
    ['took', `${report.seconds.toFixed(1)} s, ${count(Math.round(report.speed))} × real time`],
  ];
  const lines = columns(rows);
  if (ticks.unknown > 0 && !isOtherKernel(report)) {
    const some = ticks.unknown === 1 ? 'one tick was' : `${count(ticks.unknown)} ticks were`;
    lines.push(`${some} not compared: made before the replay begins, or published twice`);
  }
  lines.push(...describeLoss(report));
  return [...lines, ...verdictOf(report), ...describeTrial(report)];
}

export function iso(timeMs: number): string {
  return new Date(timeMs).toISOString();
}

function isOtherKernel({ kernel, recordedKernel }: ReplayReport): boolean {
  return kernel !== recordedKernel;
}

/** What there was and cannot be read any more. */
function describeLoss({ damaged, unread }: ReplayReport): string[] {
  const lines = unread
    .slice(0, mostNamed)
    .map((file) => `✗ the checkpoint ${file} cannot be read: it is damaged, or gone`);
  if (unread.length > mostNamed) lines.push(`✗ and ${count(unread.length - mostNamed)} more`);
  if (damaged > 0) {
    const some = damaged === 1 ? 'one record' : `${count(damaged)} records`;
    lines.push(`✗ ${some} of the journal cannot be read: \`gemel journal verify\` says which, and where`);
  }
  return lines;
}

function verdictOf(report: ReplayReport): string[] {
  const { recordedKernel, ticks, checkpoints, differences } = report;
  if (isOtherKernel(report))
    return [`– not compared: then ${recordedKernel} computed, and its last bits may differ`];
  if (differences.length === 0 && ticks.other === 0) {
    const isCompared = checkpoints.twins + ticks.compared > 0;
    if (!isCompared) return ['– nothing was recorded that could be compared'];
    const isWhole = report.damaged + report.unread.length === 0;
    return [isWhole ? '✓ everything is as it was, bit for bit' : '– the rest is as it was, bit for bit'];
  }
  const lines: string[] = [];
  if (ticks.firstOtherMs !== undefined)
    lines.push(`✗ ${count(ticks.other)} ticks differ, the first that of ${iso(ticks.firstOtherMs)}`);
  if (differences.length === 0) return [...lines, 'neither the history nor a checkpoint says whose it is'];
  lines.push(differences.length === 1 ? '✗ one twin differs' : `✗ ${count(differences.length)} twins differ`);
  const named = differences
    .slice(0, mostNamed)
    .map(({ twin, atMs, what, unit, recorded, replayed }) => [
      `  ${twin}`,
      iso(atMs),
      unit === undefined ? what : `${what} (${unit})`,
      `${recorded}`,
      `${replayed}`,
    ]);
  lines.push(...columns([['  twin', 'first', 'what', 'recorded', 'replayed'], ...named]));
  if (differences.length > mostNamed) lines.push('  …');
  return lines;
}

/** How another version did beside the one that ran; errors in SI. */
function describeTrial({ tried }: ReplayReport): string[] {
  if (tried === undefined) return [];
  const { measurements, ahead, sentence } = tried.together;
  const rows = measurements.map((one) => [
    `  ${one.measurement}`,
    count(one.samples),
    short(one.oldRmse),
    short(one.newRmse),
    short(one.gainNats.value),
    percent(one.old.inside),
    percent(one.new.inside),
  ]);
  const head = [
    '  measurement',
    'samples',
    'RMSE then',
    'RMSE with',
    'nats gained',
    '95 % then',
    '95 % with',
  ];
  const later = ahead.map((one) => [
    `  ${one.measurement}`,
    `${short(one.horizonSeconds)} s`,
    count(one.samples),
    short(one.oldRmse),
    short(one.newRmse),
  ]);
  const laterHead = ['  errors ahead of', 'by', 'samples', 'RMSE then', 'RMSE with'];
  const verdicts = Map.groupBy(tried.twins, ({ result }) => result.verdict);
  const counted = Array.from(verdicts, ([verdict, twins]) => `${verdict} ${count(twins.length)}`).join(', ');
  return [
    '',
    `${tried.model} in the shadow of ${count(tried.twins.length)} twins: ${sentence}`,
    ...columns([head, ...rows]),
    ...(later.length === 0 ? [] : columns([laterHead, ...later])),
    `twin by twin: ${counted}`,
  ];
}

function short(value: number): string {
  return Number.isFinite(value) ? `${Number(value.toPrecision(4))}` : '–';
}

function percent(share: number): string {
  return Number.isFinite(share) ? `${(100 * share).toFixed(1)} %` : '–';
}

function count(number: number): string {
  return number.toLocaleString('en');
}
