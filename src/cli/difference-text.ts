/** Differences of two models as people read them. */

import type {
  BehaviourDifference,
  EquationDifference,
  ModelDifference,
  SignalDifference,
  SuggestedVersion,
  ValueDifference,
} from '../core/difference/index.ts';
import { columns } from './columns.ts';

/** Deviations beyond these are not listed. */
const listedDeviations = 12;

export function differenceText(difference: ModelDifference, next: SuggestedVersion | undefined): string {
  const { before, after, signals, equations, settings, behaviour, migration, same, words } = difference;
  const told = new Set(equations.map(({ of }) => of));
  // An output that came or went is told with its equation.
  const quantities = signals.filter(
    ({ group, kind, name }) => group !== 'output' || kind === 'changed' || !told.has(name),
  );
  const lines = [
    `${before} → ${after}`,
    ...section(
      'Quantities',
      columns(quantities.map((it) => [`${it.group.padEnd(11)}  ${it.name}`, signalText(it)])),
    ),
    ...section('Equations', equations.flatMap(equationLines)),
    ...section(
      'Settings',
      settings.map((it) => `${it.what}  ${it.before ?? 'none'} → ${it.after ?? 'none'}`),
    ),
    ...(behaviour === undefined ? [] : section(...behaviourLines(behaviour))),
    '',
  ];
  if (same) lines.push(`The same machine${words ? '; titles or descriptions differ' : ''}.`);
  if (migration.length === 0) lines.push('A twin goes over with its belief.');
  else lines.push('A twin cannot go over:', ...migration.map((problem) => `  ${problem}`));
  if (next !== undefined && !same) lines.push(`This is a ${next.change} change.`);
  return `${lines.join('\n')}\n`;
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)];
}

function signalText({ kind, was, from, unit, changes }: SignalDifference): string {
  const said = changes.map(changeText).join('; ');
  if (kind === 'added') return `new, in ${unit}${from === undefined ? '' : `, from ${from}`}`;
  if (kind === 'removed') return 'gone';
  const renamed = kind === 'renamed' ? `was ${was ?? ''}` : '';
  return [renamed, said].filter((text) => text !== '').join('; ');
}

function changeText({ what, before, after, unitBefore, unit, percent, difference }: ValueDifference): string {
  const same = unitBefore === unit || unitBefore === undefined;
  const old =
    before === undefined ? 'none' : `${before}${same && after !== undefined ? '' : ` ${unitBefore ?? ''}`}`;
  const now = after === undefined ? 'none' : `${after}${unit === undefined ? '' : ` ${unit}`}`;
  const change =
    percent !== undefined
      ? ` (${signed(percent)} %)`
      : difference !== undefined
        ? ` (${signed(difference)}${unit === 'degC' ? ' K' : unit === undefined ? '' : ` ${unit}`})`
        : '';
  return `${what} ${old.trimEnd()} → ${now}${change}`;
}

function equationLines({ of, kind, was, before, after, meaning, through }: EquationDifference): string[] {
  if (through !== undefined) return [`${of}  changes through ${through.join(', ')}`];
  const renamed = was === undefined ? '' : `, was ${was}`;
  if (kind === 'renamed') return [`${of}  was ${was ?? ''}`];
  if (kind === 'added') return [`${of}  new`, `    after   ${after ?? ''}`];
  if (kind === 'removed') return [`${of}  gone`, `    before  ${before ?? ''}`];
  return [
    `${of}  changed${renamed}`,
    ...(before === undefined ? [] : [`    before  ${before}`]),
    ...(after === undefined ? [] : [`    after   ${after}`]),
    ...meaning.map((text) => `    ${text}`),
  ];
}

function behaviourLines(behaviour: NonNullable<ModelDifference['behaviour']>): [string, readonly string[]] {
  if ('why' in behaviour) return ['Behaviour', [`not compared: ${behaviour.why}`]];
  const { seconds, inputs, deviations } = behaviour;
  const held = inputs.map(({ name, value, unit }) => `${name} ${value}${unit === '1' ? '' : ` ${unit}`}`);
  const title = `Behaviour from the same start, ${seconds} s${held.length > 0 ? `, with ${held.join(', ')}` : ''}`;
  if (deviations.length === 0) return [title, ['the same']];
  const listed = deviations
    .toSorted((a, b) => (b.percent ?? 0) - (a.percent ?? 0))
    .slice(0, listedDeviations);
  const more = deviations.length - listed.length;
  const rows = columns(listed.map((it) => deviationRow(it)));
  return [title, more > 0 ? [...rows, `and ${more} that stay nearer`] : rows];
}

function deviationRow(it: BehaviourDifference['deviations'][number]): string[] {
  const unit = it.unit === '1' ? '' : ` ${it.unit}`;
  const share = it.percent === undefined ? '' : `, ${it.percent} % of how far it moves`;
  return [
    it.name,
    `${brief(it.before)} → ${brief(it.after)}${unit}`,
    `at ${brief(it.atSeconds)} s`,
    `${brief(it.largest)}${unit === ' degC' ? ' K' : unit} apart${share}`,
  ];
}

function signed(value: number): string {
  return value < 0 ? `−${Math.abs(value)}` : `+${value}`;
}

function brief(value: number): string {
  return String(Number(value.toPrecision(4)));
}
