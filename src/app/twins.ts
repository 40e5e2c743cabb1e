/** The `twins:` of a project: templates are expanded, models resolved, values converted, bindings checked. */

import type { Publication } from '../adapters/mqtt/index.ts';
import { didYouMean } from '../core/diagnose/index.ts';
import { javascriptBackend } from '../core/kernel/index.ts';
import type { Model, Signal } from '../core/model/index.ts';
import { createStepCheck, type StepCheck } from '../core/solve/index.ts';
import { parseUnit, type Unit } from '../core/units/index.ts';
import { type Binding, isName, type TwinConfig, twinDefaults } from '../engine/index.ts';
import { parseDuration } from './duration.ts';
import { parseField } from './field.ts';
import type { Findings, Path } from './findings.ts';
import { findModel, type LoadedModels } from './models.ts';
import { defaults, durations } from './options.ts';
import type { BindingDocument, ProjectDocument, TwinDocument } from './schema.ts';
import { expandTemplate, fillTwin, twinLimit } from './template.ts';
import { topicProblem } from './topic.ts';
import { parseValue, unitProblem } from './value.ts';

export interface LoadedTwins {
  readonly twins: readonly TwinConfig[];
  readonly publications: readonly Publication[];
  /** The model of every twin whose model was found. */
  readonly models: ReadonlyMap<string, Model>;
  /** Every name, also of twins that have problems. */
  readonly names: ReadonlySet<string>;
}

/** Reads all twins; what is wrong goes to `findings`. */
export function loadTwins(document: ProjectDocument, loaded: LoadedModels, findings: Findings): LoadedTwins {
  const twins: TwinConfig[] = [];
  const publications: Publication[] = [];
  const models = new Map<string, Model>();
  const ownerOf = new Map<string, string>();
  const stepChecks = new Map<Model, StepCheck>();
  if (Object.keys(document.twins).length === 0) {
    findings.at(['twins'], {
      code: 'DOCUMENT_TYPE',
      message: 'the project names no twins',
      hint: 'add one: `pump-1: { model: … }`',
    });
  }

  for (const [template, entry] of Object.entries(document.twins)) {
    const path = ['twins', template];
    const names = namesOf(template, { path, ownerOf, findings });
    const found = findModel(loaded.models, entry.model);
    // A model that is not found may be in a file that has problems, which are reported already.
    if ('problem' in found && loaded.complete) findings.at([...path, 'model'], found.problem);
    const shared = new TwinReader(entry, {
      path,
      findings,
      model: 'model' in found ? found.model : undefined,
    }).read();
    for (const [option, what, topic] of [
      ['state', 'states', shared.stateTopic],
      ['alarms', 'alarms', shared.alarmsTopic],
    ] as const) {
      if (names.length < 2 || topic.includes('{twin}')) continue;
      findings.at([...path, 'publish', option], {
        code: 'TOPIC_INVALID',
        message: `${names.length} twins would publish their ${what} on the one topic \`${topic}\``,
        hint: 'put {twin} into it, which stands for the name of each',
      });
    }
    if (!('model' in found)) continue;
    if (names.length > 0) {
      const check =
        stepChecks.get(found.model) ?? createStepCheck(found.model, { backend: javascriptBackend });
      stepChecks.set(found.model, check);
      checkStep({ model: found.model, check, path: [...path, 'model'], findings }, shared.config);
    }
    for (const id of names) {
      models.set(id, found.model);
      twins.push({ ...shared.config, id, model: found.model.id, ...filled(shared, id) });
      publications.push({
        ...shared.publication,
        twin: id,
        state: fillTwin(shared.stateTopic, id),
        events: fillTwin(shared.eventsTopic, id),
        alarms: fillTwin(shared.alarmsTopic, id),
      });
    }
  }
  return { twins, publications, models, names: new Set(ownerOf.keys()) };
}

/** A step that is unstable whatever the state is refused; one that is so at the start is warned of. */
function checkStep(
  {
    model,
    check,
    path,
    findings,
  }: {
    readonly model: Model;
    readonly check: StepCheck;
    readonly path: Path;
    readonly findings: Findings;
  },
  { periodMs, parameters }: Pick<TwinConfig, 'periodMs' | 'parameters'>,
): void {
  // What is wrong with the period is told elsewhere.
  if (!(periodMs > 0)) return;
  const unstable = check(periodMs / 1000, parameters);
  if (unstable === undefined) return;
  const [step, largest, rk4] = [unstable.stepSeconds, unstable.largestSeconds, unstable.rk4Seconds].map(
    (seconds) => Number(seconds.toPrecision(3)),
  );
  const message = `\`${model.method}\` of ${model.id} is unstable with its step of ${step} s${unstable.everywhere ? '' : ' at the start'}`;
  const problem =
    largest === 0
      ? {
          code: 'STEP_UNSTABLE' as const,
          message: `${message}, and with every shorter one: it makes a swing without damping grow`,
          expected: `\`rk4\` with at most ${rk4} s`,
          hint: `set \`solver.method\` of the model to rk4 or auto; see gemel explain`,
        }
      : {
          code: 'STEP_UNSTABLE' as const,
          message,
          expected: `at most ${largest} s`,
          hint: `set \`solver.step\` of the model to less, or \`solver.method\` to auto; see gemel explain`,
        };
  if (unstable.everywhere) findings.at(path, problem);
  else findings.warnAt(path, problem);
}

/** The parts of a twin in which its own name stands. */
function filled(shared: SharedTwin, id: string): Pick<TwinConfig, 'telemetryTopic' | 'bindings'> {
  return {
    telemetryTopic: fillTwin(shared.telemetryTopic, id),
    bindings: shared.bindings.map((binding) => ({ ...binding, topic: fillTwin(binding.topic, id) })),
  };
}

interface Naming {
  readonly path: Path;
  readonly ownerOf: Map<string, string>;
  readonly findings: Findings;
}

function namesOf(template: string, { path, ownerOf, findings }: Naming): readonly string[] {
  const expanded = expandTemplate(template);
  if ('problem' in expanded) {
    findings.atKey(path, expanded.problem);
    return [];
  }
  if (ownerOf.size + expanded.names.length > twinLimit) {
    findings.atKey(path, {
      code: 'TWIN_LIMIT',
      message: `with \`${template}\` the project has more than ${twinLimit.toLocaleString('en')} twins`,
    });
    return [];
  }
  const twice = expanded.names.find((name) => ownerOf.has(name));
  if (twice !== undefined) {
    findings.atKey(path, {
      code: 'TWIN_DUPLICATE',
      message:
        twice === template
          ? `\`${ownerOf.get(twice)}\` names \`${twice}\` already`
          : `\`${template}\` names \`${twice}\`, which \`${ownerOf.get(twice)}\` names already`,
    });
  }
  const fresh = expanded.names.filter((name) => !ownerOf.has(name));
  for (const name of fresh) ownerOf.set(name, template);
  return fresh;
}

/** What all twins of one entry have in common. Topics still hold `{twin}`. */
interface SharedTwin {
  readonly config: Omit<TwinConfig, 'id' | 'model' | 'bindings' | 'telemetryTopic'>;
  readonly telemetryTopic: string;
  readonly bindings: readonly Binding[];
  readonly stateTopic: string;
  readonly eventsTopic: string;
  readonly alarmsTopic: string;
  readonly publication: Omit<Publication, 'twin' | 'state' | 'events' | 'alarms'>;
}

interface Site {
  readonly path: Path;
  readonly findings: Findings;
  /** Absent if it was not found: then names and units cannot be checked. */
  readonly model: Model | undefined;
}

/** Reads one entry of `twins:`. */
class TwinReader {
  readonly #entry: TwinDocument;
  readonly #path: Path;
  readonly #findings: Findings;
  readonly #model: Model | undefined;

  constructor(entry: TwinDocument, { path, findings, model }: Site) {
    this.#entry = entry;
    this.#path = path;
    this.#findings = findings;
    this.#model = model;
  }

  read(): SharedTwin {
    const {
      telemetry = defaults.telemetryTopic,
      publish = {},
      queue,
      lateness,
      future,
      period,
      out_of_service: outOfService,
      group,
    } = this.#entry;
    const everyMs = this.#durationMs(publish.every, 'publish', ['publish', 'every']);
    return {
      config: {
        periodMs: this.#durationMs(period, 'period', ['period']) ?? twinDefaults.periodMs,
        parameters: this.#values('parameters', this.#model?.parameters),
        inputs: this.#values('inputs', this.#model?.inputs),
        start: this.#values('start', this.#model?.states),
        latenessMs: this.#durationMs(lateness, 'lateness', ['lateness']) ?? twinDefaults.latenessMs,
        futureMs: this.#durationMs(future, 'future', ['future']) ?? twinDefaults.futureMs,
        queueLimit: queue ?? twinDefaults.queueLimit,
        ...(outOfService !== undefined && { outOfService }),
        ...(group !== undefined && { group: this.#group(group) }),
      },
      telemetryTopic: this.#topic(telemetry, ['telemetry']),
      bindings: Object.entries(this.#entry.bindings ?? {}).flatMap(([name, binding]) =>
        this.#binding(name, binding),
      ),
      stateTopic: this.#topic(publish.state ?? defaults.stateTopic, ['publish', 'state']),
      eventsTopic: this.#topic(publish.events ?? defaults.eventsTopic, ['publish', 'events']),
      alarmsTopic: this.#topic(publish.alarms ?? defaults.alarmsTopic, ['publish', 'alarms']),
      publication: {
        as: publish.as ?? 'full',
        retain: publish.retain ?? false,
        ...(everyMs === undefined ? {} : { everyMs }),
      },
    };
  }

  #group(group: string): string {
    if (!isName(group)) {
      this.#findings.at([...this.#path, 'group'], {
        code: 'TWIN_NAME',
        message: `\`${group}\` cannot be the name of a group of twins`,
        hint: 'letters, digits, dot, dash, colon and underscore',
      });
    }
    return group;
  }

  #values(
    group: 'parameters' | 'inputs' | 'start',
    signals: readonly Signal[] | undefined,
  ): Record<string, number> {
    const values: Record<string, number> = {};
    for (const [name, written] of Object.entries(this.#entry[group] ?? {})) {
      const path = [...this.#path, group, name];
      const signal = this.#signal(name, { path, signals, kind: kinds[group] });
      if (!signal || !this.#model) continue;
      const parsed = parseValue(written, signal, this.#model);
      if ('problem' in parsed) this.#findings.at(path, parsed.problem);
      else values[name] = parsed.value;
    }
    return values;
  }

  #binding(name: string, entry: BindingDocument): readonly Binding[] {
    const path = [...this.#path, 'bindings', name];
    const model = this.#model;
    const signals = model && [...model.inputs, ...model.measurements];
    const signal = this.#signal(name, { path, signals, kind: 'input or measurement' });
    const topic = this.#topic(entry.topic, ['bindings', name, 'topic']);
    const field = this.#field(entry.field, [...path, 'field']);
    const timeField = this.#field(entry.time, [...path, 'time']);
    const timeFormat = entry.time_format ?? (timeField ? 'auto' : 'arrival');
    if (!timeField && timeFormat !== 'arrival') {
      this.#findings.at([...path, 'time_format'], {
        code: 'DOCUMENT_MISSING_KEY',
        message: `\`${name}\` has a time format but no field for the time`,
        hint: 'add `time: …`, the field of the event time',
      });
    }
    if (!signal || !model) return [];
    const unit = this.#unit(entry.unit, { path: [...path, 'unit'], signal, model });
    return [
      {
        signal: name,
        topic,
        unit,
        timeFormat,
        ...(field === undefined ? {} : { field }),
        ...(timeField === undefined ? {} : { timeField }),
      },
    ];
  }

  /** The signal of this name, or nothing and a finding that names the nearest. */
  #signal(
    name: string,
    { path, signals, kind }: { path: Path; signals: readonly Signal[] | undefined; kind: string },
  ): Signal | undefined {
    const signal = signals?.find((candidate) => candidate.name === name);
    if (signal || !signals || !this.#model) return signal;
    const names = signals.map((candidate) => candidate.name);
    this.#findings.atKey(path, {
      code: 'SIGNAL_UNKNOWN',
      message: `${this.#model.id} has no ${kind} \`${name}\``,
      expected: names.join(', ') || `nothing here: it has no ${kind}`,
      hint: didYouMean(name, names),
    });
    return undefined;
  }

  #unit(written: string | 1 | undefined, at: { path: Path; signal: Signal; model: Model }): Unit {
    const { path, signal, model } = at;
    if (written === undefined || String(written) === signal.unit.symbol) return signal.unit;
    const parsed = parseUnit(String(written));
    const problem = 'problem' in parsed ? parsed.problem : unitProblem(parsed.unit, signal, model);
    if (problem) {
      const { code, message, hint } = problem;
      const expected = 'expected' in problem ? problem.expected : undefined;
      this.#findings.at(path, {
        code,
        message,
        ...(expected === undefined ? {} : { expected }),
        hint,
      });
    }
    return 'unit' in parsed ? parsed.unit : signal.unit;
  }

  #field(written: BindingDocument['field'], path: Path): readonly (string | number)[] | undefined {
    if (written === undefined) return undefined;
    const parsed = parseField(written);
    if ('path' in parsed) return parsed.path;
    this.#findings.at(path, parsed.problem);
    return undefined;
  }

  #topic(topic: string, option: Path): string {
    const problem = topicProblem(topic);
    if (problem) this.#findings.at([...this.#path, ...option], problem);
    return topic;
  }

  #durationMs(
    written: string | number | undefined,
    kind: keyof typeof durations,
    option: Path,
  ): number | undefined {
    if (written === undefined) return undefined;
    const parsed = parseDuration(written, durations[kind]);
    if ('seconds' in parsed) return parsed.seconds * 1000;
    this.#findings.at([...this.#path, ...option], parsed.problem);
    return undefined;
  }
}

const kinds = { parameters: 'parameter', inputs: 'input', start: 'state' } as const;
