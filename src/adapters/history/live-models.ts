/** Which model each twin ran when a record of the journal was written, read from the records in their order. */

import { decodeCommand, decodeFleet, factKinds, type HistoryFact, twinOf } from '../../engine/index.ts';

interface Versions {
  live: string | undefined;
  shadow: string | undefined;
}

export class LiveModels {
  readonly #twins = new Map<string, Versions>();

  /** @param facts - of kind `twin`, from when the first record was written. */
  constructor(facts: readonly HistoryFact[]) {
    for (const fact of facts) {
      if (fact.kind === factKinds.twin) this.#of(fact.twin).live = twinOf(fact)?.model;
    }
  }

  /** `Model.id`; undefined if the records so far do not say. */
  of(twin: string): string | undefined {
    return this.#twins.get(twin)?.live;
  }

  /** Takes a record that has no samples. @returns whether some twin may run another model since. */
  take(content: Uint8Array): boolean {
    const command = decodeCommand(content);
    switch (command?.kind) {
      case 'add':
        this.#of(command.twin.id).live = command.twin.model;
        return true;
      case 'shadow':
        this.#of(command.twin).shadow = command.model;
        return false;
      case 'swap': {
        const versions = this.#of(command.twin);
        [versions.live, versions.shadow] = [versions.shadow, versions.live];
        return true;
      }
      default:
        return this.#takeFleet(content);
    }
  }

  #takeFleet(content: Uint8Array): boolean {
    const twins = decodeFleet(content)?.twins ?? [];
    for (const { id, model } of twins) this.#of(id).live = model;
    return twins.length > 0;
  }

  #of(twin: string): Versions {
    let versions = this.#twins.get(twin);
    if (versions === undefined) this.#twins.set(twin, (versions = { live: undefined, shadow: undefined }));
    return versions;
  }
}
