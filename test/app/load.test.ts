/**
 * Loading a project. Each file in mistakes/ has mistakes of one kind, and beside it the text that people then see; run
 * with UPDATE_GOLDEN=1 to write those texts anew, and read them.
 */

import assert from 'node:assert/strict';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { type LoadOptions, loadProject, type Project } from '../../src/app/index.ts';
import { GemelError, renderDiagnostics } from '../../src/core/diagnose/index.ts';

const mistakes = join(import.meta.dirname, 'mistakes');
const scratch = mkdtempSync(join(tmpdir(), 'gemel-load-'));
after(() => rmSync(scratch, { recursive: true }));

function projectOf(files: Readonly<Record<string, string>>, options: LoadOptions = {}): Project {
  const directory = mkdtempSync(join(scratch, 'p-'));
  const model = readFileSync(join(mistakes, 'models/motor.yaml'), 'utf8');
  for (const [file, text] of Object.entries({ 'models/motor.yaml': model, ...files })) {
    mkdirSync(dirname(join(directory, file)), { recursive: true });
    writeFileSync(join(directory, file), text);
  }
  const { project, diagnostics, sources } = loadProject(directory, { environment: {}, ...options });
  assert.ok(project, renderDiagnostics(diagnostics, { sources, color: 'never' }));
  return project;
}

const projects = globSync('*.yaml', { cwd: mistakes }).toSorted();

test('there are mistakes to look at', () => {
  assert.ok(projects.length >= 10);
});

for (const file of projects) {
  test(`all mistakes of ${file} are told at once, each with its place`, () => {
    const path = join(mistakes, file);
    const golden = path.replace(/yaml$/, 'txt');
    const { project, diagnostics, sources } = loadProject(path, { environment: { GEMEL_TEST_USER: 'me' } });
    assert.equal(project, undefined);
    const here = process.cwd();
    const text = renderDiagnostics(diagnostics, { sources, color: 'never' }).replaceAll(`${here}/`, '');
    if (process.env['UPDATE_GOLDEN']) writeFileSync(golden, text);
    assert.equal(text, readFileSync(golden, 'utf8'));
  });
}

test('a small project gets every default', () => {
  const project = projectOf({
    'gemel.yaml': 'gemel: 1\nmodels: [models/motor.yaml]\ntwins: { m: { model: motor } }',
  });
  const { models, directory, ...rest } = project;
  assert.equal(models[0]?.id, 'motor@1.2.0');
  assert.deepEqual(rest, {
    listen: ['localhost'],
    http: { port: 8080, routes: {}, allowHosts: [], allowOrigins: [] },
    mqtt: { kind: 'embedded', port: 1883 },
    kernel: 'wasm',
    alarms: { healthWarningPercent: 20 },
    checkpoint: { directory: join(directory, '.gemel'), everyMs: 5000, archiveMs: 3_600_000 },
    journal: { directory: join(directory, '.gemel', 'journal'), keepMs: 86_400_000 },
    history: {
      place: { file: join(directory, '.gemel', 'history.sqlite') },
      everyMs: 5000,
      keepMs: 2_592_000_000,
      keepSummariesMs: 31_536_000_000,
    },
    twins: [
      {
        id: 'm',
        model: 'motor@1.2.0',
        periodMs: 1000,
        parameters: {},
        inputs: {},
        start: {},
        bindings: [],
        telemetryTopic: 'gemel/m/telemetry',
        latenessMs: 10_000,
        futureMs: 5000,
        queueLimit: 1024,
      },
    ],
    publications: [
      {
        twin: 'm',
        state: 'gemel/m/state',
        events: 'gemel/m/events',
        alarms: 'gemel/m/alarms',
        as: 'full',
        retain: false,
      },
    ],
  });
});

test('values become SI: a bare number in the unit of its signal, a quantity in its own', () => {
  const [twin] = projectOf({
    'gemel.yaml': `
gemel: 1
models: [models/*.yaml]
twins:
  m:
    model: motor
    period: 500 ms
    parameters: { rated_power: 12000 W, heat_capacity: 10 }
    inputs: { load: 0.5, ambient: 71.6 degF }
    start: { temperature: 60 degC }
    lateness: 2 min
    future: 0 s
`,
  }).twins;
  assert.ok(twin);
  assert.equal(twin.periodMs, 500);
  assert.equal(twin.latenessMs, 120_000);
  assert.equal(twin.futureMs, 0);
  assert.deepEqual(twin.parameters, { rated_power: 12_000, heat_capacity: 10_000 });
  assert.equal(twin.inputs['load'], 0.005);
  // 71.6 degF is 22 degC.
  assert.ok(Math.abs((twin.inputs['ambient'] ?? 0) - 295.15) < 1e-9);
  assert.equal(twin.start['temperature'], 333.15);
});

test('a template is filled in for each twin, and its bindings are read', () => {
  const { twins, publications } = projectOf({
    'gemel.yaml': `
gemel: 1
models: [models/motor.yaml]
twins:
  pump-{01..02}:
    model: motor@1.2.0
    publish: { state: "plant/{twin}/x", as: plain, every: 2 s, retain: true }
    bindings:
      load: { topic: "plant/{twin}/power", field: "values[0].kw", time: ts }
      winding: { topic: all, field: [t.deg, 1], unit: degF, time: [a, b], time_format: ms }
`,
  });
  assert.deepEqual(
    twins.map(({ id, telemetryTopic }) => [id, telemetryTopic]),
    [
      ['pump-01', 'gemel/pump-01/telemetry'],
      ['pump-02', 'gemel/pump-02/telemetry'],
    ],
  );
  const [load, winding] = twins[1]?.bindings ?? [];
  assert.equal(load?.topic, 'plant/pump-02/power');
  assert.deepEqual([load?.field, load?.timeField, load?.timeFormat], [['values', 0, 'kw'], ['ts'], 'auto']);
  assert.equal(load?.unit.symbol, '%');
  assert.deepEqual(
    [winding?.field, winding?.timeField, winding?.timeFormat],
    [['t.deg', 1], ['a', 'b'], 'ms'],
  );
  assert.equal(winding?.unit.symbol, 'degF');
  assert.deepEqual(publications[1], {
    twin: 'pump-02',
    state: 'plant/pump-02/x',
    events: 'gemel/pump-02/events',
    alarms: 'gemel/pump-02/alarms',
    as: 'plain',
    everyMs: 2000,
    retain: true,
  });
});

test('a bare model name means its newest version, by number and not by letter', () => {
  const newer = readFileSync(join(mistakes, 'models/motor-newer.yaml'), 'utf8');
  const { twins } = projectOf({
    'models/motor-newer.yaml': newer,
    'gemel.yaml':
      'gemel: 1\nmodels: [models/*.yaml]\ntwins: { a: { model: motor }, b: { model: motor@1.2.0 } }',
  });
  assert.deepEqual(
    twins.map(({ model }) => model),
    ['motor@1.10.0', 'motor@1.2.0'],
  );
});

test('the embedded broker has as many connections as the project says, in all and of one address', () => {
  const yaml = (mqtt: string) =>
    `gemel: 1\nmodels: [models/motor.yaml]\nmqtt: { ${mqtt} }\ntwins: { m: { model: motor } }`;
  assert.deepEqual(projectOf({ 'gemel.yaml': yaml('clients: 5000, clients_per_address: 20') }).mqtt, {
    kind: 'embedded',
    port: 1883,
    limits: { clients: 5000, clientsPerAddress: 20 },
  });
});

test('another broker takes its secrets from the environment and from files', () => {
  const files = {
    'gemel.yaml': `
gemel: 1
models: [models/motor.yaml]
mqtt: { url: mqtts://plant:8883, user: "u-\${WHO}", password_file: secret, ca: ca.pem, client: my-plant }
twins: { m: { model: motor } }
`,
    secret: 'hush\nnot this\n',
    'ca.pem': 'PEM',
  };
  const { mqtt } = projectOf(files, { environment: { WHO: 'me' } });
  assert.deepEqual(mqtt, {
    kind: 'external',
    url: 'mqtts://plant:8883',
    clientId: 'my-plant',
    user: 'u-me',
    password: 'hush',
    ca: 'PEM',
  });
});

test('a check where the secrets are not leaves them alone', () => {
  const yaml = `
gemel: 1
models: [models/motor.yaml]
mqtt: { url: mqtts://plant:8883, user: me, password: "\${NOWHERE}", ca: nowhere.pem }
twins: { m: { model: motor } }
`;
  assert.deepEqual(projectOf({ 'gemel.yaml': yaml }, { secrets: 'skip' }).mqtt, {
    kind: 'external',
    url: 'mqtts://plant:8883',
  });
});

test('${…} is filled in nowhere but in user and password', () => {
  const yaml =
    'gemel: 1\nmodels: [models/motor.yaml]\ntwins: { m: { model: motor, telemetry: "a/${HOME}" } }';
  assert.throws(
    () => projectOf({ 'gemel.yaml': yaml }, { environment: { HOME: 'x' } }),
    /\{HOME\} has no meaning here/,
  );
});

test('a directory without a project is told so', () => {
  assert.throws(
    () => loadProject(scratch),
    (error) =>
      error instanceof GemelError && error.code === 'PROJECT_MISSING' && /gemel init/.test(error.hint ?? ''),
  );
});

const filter = (slope: string, solver = '') => `
gemel: 1
model: filter
version: 1.0.0
units: unchecked
${solver}
parameters:
  rate: { unit: "1", value: 20 }
states:
  x: { unit: "1", start: 3 }
equations:
  der(x): ${slope}
`;

// A project of one twin of a fast filter.
function loadFilter(slope: string, twin: string, solver?: string) {
  const directory = mkdtempSync(join(scratch, 'p-'));
  writeFileSync(join(directory, 'filter.yaml'), filter(slope, solver));
  writeFileSync(
    join(directory, 'gemel.yaml'),
    `gemel: 1\nmodels: [filter.yaml]\ntwins:\n  f: { model: filter${twin} }\n`,
  );
  return loadProject(directory, { environment: {} });
}

test('a twin whose step is unstable wherever it is is refused, with the largest step that works', () => {
  const { project, diagnostics } = loadFilter('-rate * x', ', parameters: { rate: 40 }');
  assert.equal(project, undefined);
  assert.equal(diagnostics.length, 1);
  const [{ code, severity, expected, place } = {}] = diagnostics;
  assert.deepEqual([code, severity, place?.line], ['STEP_UNSTABLE', 'error', 4]);
  assert.equal(expected, 'at most 0.0696 s'); // 2.785 / 40
});

test('the same step is stable with other parameters, a shorter period or a method that chooses its steps', () => {
  for (const [twin, solver] of [
    ['', ''],
    [', parameters: { rate: 40 }, period: 50 ms', ''],
    [', parameters: { rate: 40 }', 'solver: { method: auto }'],
  ] as const) {
    const { project, diagnostics } = loadFilter('-rate * x', twin, solver);
    assert.deepEqual([project?.twins.length, diagnostics], [1, []]);
  }
});

test('a swing without damping under `euler` is refused whatever the step, with the step of `rk4` that works', () => {
  const directory = mkdtempSync(join(scratch, 'p-'));
  const model = (method: string): string => `
gemel: 1
model: swing
version: 1.0.0
units: unchecked
solver: { method: ${method}, step: 1 ms }
states:
  x: { unit: "1", start: 1 }
  v: { unit: "1", start: 0 }
equations:
  der(x): 2 * v
  der(v): -2 * x
`;
  writeFileSync(
    join(directory, 'gemel.yaml'),
    'gemel: 1\nmodels: [swing.yaml]\ntwins:\n  s: { model: swing }\n',
  );
  const load = (method: string) => {
    writeFileSync(join(directory, 'swing.yaml'), model(method));
    return loadProject(directory, { environment: {} });
  };
  const [{ code, severity, message, expected, hint } = {}] = load('euler').diagnostics;
  assert.deepEqual([code, severity], ['STEP_UNSTABLE', 'error']);
  assert.match(
    message ?? '',
    /`euler` of swing@1.0.0 is unstable with its step of 0.001 s, and with every shorter one/,
  );
  assert.equal(expected, '`rk4` with at most 1.41 s'); // √8 / 2
  assert.match(hint ?? '', /rk4/);
  assert.deepEqual(load('rk4').diagnostics, []);
});

test('where it depends on the state it is a warning', () => {
  const { project, diagnostics } = loadFilter('-rate * x ^ 2', '');
  assert.equal(project?.twins.length, 1);
  assert.deepEqual(
    diagnostics.map(({ code, severity }) => [code, severity]),
    [['STEP_UNSTABLE', 'warning']],
  );
});

test('twins of an entry are of its group, by which they are named together', () => {
  const { twins } = projectOf({
    'gemel.yaml': `
gemel: 1
models: [models/motor.yaml]
twins:
  a{1..2}: { model: motor, group: line-1 }
  b: { model: motor }`,
  });
  assert.deepEqual(
    twins.map(({ group }) => group),
    ['line-1', 'line-1', undefined],
  );
});
