/**
 * Twins that come and go over the API while a project runs, and stay so over restarts.
 *
 * They are kept in `twins.json` in the directory of the checkpoints: `twins` that were added, each as in gemel.yaml, and the
 * names of those of gemel.yaml that were `removed`. The file counts before gemel.yaml, since somebody asked for it while
 * that was there. What was answered is on the disk.
 */

import type { Publication } from '../adapters/mqtt/index.ts';
import { GemelError } from '../core/diagnose/index.ts';
import { readDocument, Type } from '../core/document/index.ts';
import type { Model } from '../core/model/index.ts';
import type { Fleet, TwinConfig, TwinInfo } from '../engine/index.ts';
import type { Log } from './log.ts';
import { loadTwin, type TwinProblem } from './one-twin.ts';
import { type TwinDocument, TwinSchema } from './schema.ts';

const fileName = 'twins.json';

const KeptTwinsSchema = Type.Object({
  gemel: Type.Literal(1),
  twins: Type.Record(TwinSchema),
  removed: Type.Array(Type.String()),
});

/** Texts beside the checkpoints, each whole or not at all. */
interface KeptTexts {
  load(name: string): Promise<string | undefined>;
  /** Resolves once the text would survive a power cut. */
  save(name: string, text: string): Promise<void>;
}

export interface RuntimeTwinsOptions {
  /** Those there are at the start. */
  readonly models: readonly Model[];
  readonly texts: KeptTexts;
  readonly log: Log;
}

/** What runs from the start. */
export interface StartingTwins {
  readonly twins: readonly TwinConfig[];
  readonly publications: readonly Publication[];
}

/** Where a running twin publishes can be changed. */
export interface PublishingConnection {
  add(publication: Publication): void;
  remove(twin: string): void;
}

/** How the HTTP interface changes the twins. */
export interface TwinChanges {
  add(id: string, entry: unknown): Promise<TwinInfo | { readonly problems: readonly TwinProblem[] }>;
  remove(id: string): Promise<void>;
}

export class RuntimeTwins {
  readonly #options: RuntimeTwinsOptions;
  readonly #twins = new Map<string, TwinDocument>();
  readonly #removed = new Set<string>();
  /** Names in gemel.yaml. */
  #written: ReadonlySet<string> = new Set();

  private constructor(options: RuntimeTwinsOptions) {
    this.#options = options;
  }

  /** Rejects with GemelError `TWINS_FILE` if the file is there and is not what was written. */
  static async open(options: RuntimeTwinsOptions): Promise<RuntimeTwins> {
    const runtime = new RuntimeTwins(options);
    const text = await options.texts.load(fileName);
    if (text === undefined) return runtime;
    const { document, diagnostics } = readDocument({ file: fileName, text }, KeptTwinsSchema);
    if (document === undefined) {
      const why = diagnostics[0]?.message ?? 'it is empty';
      throw new GemelError('TWINS_FILE', `${fileName}, beside the checkpoints, cannot be used: ${why}`);
    }
    const { twins, removed } = document.value;
    for (const [id, entry] of Object.entries(twins)) runtime.#twins.set(id, entry);
    for (const id of removed) runtime.#removed.add(id);
    return runtime;
  }

  /** The twins of gemel.yaml, without those that were removed and with those that were added. */
  apply({ twins, publications }: StartingTwins): StartingTwins {
    const { log, models } = this.#options;
    this.#written = new Set(twins.map(({ id }) => id));
    const stays = (id: string): boolean => !this.#removed.has(id) && !this.#twins.has(id);
    const added = [...this.#twins].flatMap(([id, entry]) => {
      const result = loadTwin(id, entry, models);
      if ('loaded' in result) return [result.loaded];
      const [problem] = result.problems;
      log.warn({ twin: id }, `a twin that was added over the API is left out: ${problem?.message ?? ''}`);
      return [];
    });
    const gone = [...this.#removed].filter((id) => this.#written.has(id));
    if (added.length + gone.length > 0) {
      const fields = { added: added.map(({ config }) => config.id), removed: gone };
      log.info(
        fields,
        `${fileName} adds ${added.length} twins to those of gemel.yaml and removes ${gone.length}`,
      );
    }
    return {
      twins: [...twins.filter(({ id }) => stays(id)), ...added.map(({ config }) => config)],
      publications: [
        ...publications.filter(({ twin }) => stays(twin)),
        ...added.map(({ publication }) => publication),
      ],
    };
  }

  changes(fleet: Fleet, connection: PublishingConnection): TwinChanges {
    return {
      add: async (id, entry) => {
        const result = loadTwin(id, entry, [...fleet.models.values()]);
        if (!('loaded' in result)) return result;
        const { config, publication, entry: checked } = result.loaded;
        const info = await fleet.add(config);
        try {
          await this.#keep(() => {
            // A newer version that is published later is not to become the twin's at a restart.
            this.#twins.set(id, { ...checked, model: config.model });
            this.#removed.delete(id);
          });
        } catch (error) {
          // What would be gone after a restart is better not there at all.
          await fleet.remove(id);
          throw error;
        }
        connection.add(publication);
        return info;
      },
      remove: async (id) => {
        await this.#keep(() => {
          this.#twins.delete(id);
          if (this.#written.has(id)) this.#removed.add(id);
        });
        await fleet.remove(id);
        connection.remove(id);
      },
    };
  }

  /** Makes a change and writes it; if it cannot be written, it is not made. */
  async #keep(change: () => void): Promise<void> {
    const twins = new Map(this.#twins);
    const removed = new Set(this.#removed);
    change();
    const kept = { gemel: 1, twins: Object.fromEntries(this.#twins), removed: [...this.#removed] };
    try {
      await this.#options.texts.save(fileName, `${JSON.stringify(kept, null, 2)}\n`);
    } catch (error) {
      this.#twins.clear();
      this.#removed.clear();
      for (const [id, entry] of twins) this.#twins.set(id, entry);
      for (const id of removed) this.#removed.add(id);
      throw error;
    }
  }
}
