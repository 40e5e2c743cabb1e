/** docs/project.md against the schema and the defaults: neither may say what the other does not. */

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { parseDuration, ProjectDocumentSchema, publishedSchema } from '../../src/app/index.ts';
import { defaults, durations } from '../../src/app/options.ts';
import { fillTwin } from '../../src/app/template.ts';
import { readDocument } from '../../src/core/document/index.ts';
import { alarmDefaults, defaultTelemetryTopic, twinDefaults } from '../../src/engine/index.ts';

const page = new URL('../../docs/project.md', import.meta.url);

type Schema = Record<string, unknown>;

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Every option as `path`, what it takes, and its description. */
function optionsOf(schema: Schema, path = ''): string[] {
  const properties = isSchema(schema['properties']) ? schema['properties'] : {};
  return Object.entries(properties).flatMap(([name, option]) => {
    if (!isSchema(option)) return [];
    const here = path === '' ? name : `${path}.${name}`;
    const rows = option['properties'] === undefined ? [rowOf(here, option)] : [];
    const patterns = isSchema(option['patternProperties']) ? Object.values(option['patternProperties']) : [];
    const below = patterns.flatMap((entry) => (isSchema(entry) ? optionsOf(entry, `${here}.*`) : []));
    return [...rows, ...optionsOf(option, here), ...below];
  });
}

function rowOf(path: string, option: Schema): string {
  assert.equal(typeof option['description'], 'string', `${path} has no description`);
  return `| \`${path}\` | ${takes(option)} | ${option['description']} |`;
}

function takes(option: Schema): string {
  const choices = option['anyOf'];
  if (Array.isArray(choices)) {
    const texts = choices
      .filter(isSchema)
      .map((each) => ('const' in each ? `\`${each['const']}\`` : takes(each)));
    return [...new Set(texts)].join(' or ');
  }
  if ('const' in option) return `\`${option['const']}\``;
  const { type, minimum, maximum } = option;
  if (type === 'string') return option['pattern'] === undefined ? 'text' : 'duration';
  if (type === 'integer')
    return minimum === undefined
      ? 'whole number'
      : `${minimum}${maximum === undefined ? ' or more' : ` – ${maximum}`}`;
  if (type === 'boolean') return '`true` or `false`';
  if (type === 'array') return 'list';
  return type === 'object' ? 'by name' : String(type);
}

test('the table of options is the schema', () => {
  const rows = optionsOf(publishedSchema('project'));
  assert.ok(rows.length > 40, `only ${rows.length} options were found`);
  const table = ['| option | value | meaning |', '| --- | --- | --- |', ...rows].join('\n');
  const text = readFileSync(page, 'utf8');
  const [, before = '', written = '', after = ''] =
    /^(.*<!-- options:.*?-->\n)(.*?)(<!-- \/options -->.*)$/s.exec(text) ?? [];
  assert.ok(before !== '', 'the page has no table of options');
  if (process.env['UPDATE_GOLDEN']) writeFileSync(page, `${before}\n${table}\n\n${after}`);
  else assert.equal(written.trim(), table);
});

test('every example of the page is well-formed, and whole projects pass the schema', () => {
  const examples = [...readFileSync(page, 'utf8').matchAll(/```yaml\n(.*?)```/gs)].map(
    (match) => match[1] ?? '',
  );
  const projects = examples.filter((text) => text.startsWith('gemel: 1'));
  assert.ok(projects.length >= 2);
  for (const text of projects) {
    const { diagnostics } = readDocument({ file: 'docs/project.md', text }, ProjectDocumentSchema);
    assert.deepEqual(diagnostics, []);
  }
});

test('the published schema is plain data that says which dialect it is', () => {
  for (const kind of ['model', 'project'] as const) {
    const schema = publishedSchema(kind);
    assert.equal(schema['$schema'], 'https://json-schema.org/draft/2020-12/schema');
    assert.equal(schema['$id'], `urn:gemel:schema:${kind}:1`);
    assert.deepEqual(JSON.parse(JSON.stringify(schema)), schema);
  }
});

test('the defaults that the page names are those of the engine', () => {
  const secondsOf = (text: string) => {
    const parsed = parseDuration(text);
    assert.ok('seconds' in parsed);
    return parsed.seconds * 1000;
  };
  assert.equal(secondsOf(durations.period.otherwise), twinDefaults.periodMs);
  assert.equal(secondsOf(durations.lateness.otherwise), twinDefaults.latenessMs);
  assert.equal(secondsOf(durations.future.otherwise), twinDefaults.futureMs);
  assert.equal(secondsOf(durations.onDelay.otherwise), alarmDefaults.onDelayMs);
  assert.equal(secondsOf(durations.offDelay.otherwise), alarmDefaults.offDelayMs);
  assert.equal(secondsOf(durations.shelving.otherwise), alarmDefaults.longestShelvingMs);
  assert.equal(defaults.healthWarning, alarmDefaults.healthWarningPercent);
  assert.equal(defaults.queue, twinDefaults.queueLimit);
  assert.equal(fillTwin(defaults.telemetryTopic, 'x'), defaultTelemetryTopic('x'));
});
