/** Metrics that are read where they are kept, at the moment somebody asks. */

import { Counter, Gauge, type Registry } from 'prom-client';

interface Description {
  readonly name: string;
  readonly help: string;
}

/** A label set and its value. */
export type Reading = readonly [labels: Readonly<Record<string, string>>, value: number];

export function readGauge(registry: Registry, what: Description, read: () => number): void {
  new Gauge({
    ...what,
    registers: [registry],
    collect() {
      this.set(read());
    },
  });
}

/** `read` gives the value since the start of the process. */
export function readCounter(registry: Registry, what: Description, read: () => number): void {
  new Counter({
    ...what,
    registers: [registry],
    collect() {
      this.reset();
      this.inc(read());
    },
  });
}

export function readLabelledGauge(
  registry: Registry,
  what: Description & { readonly labelNames: readonly string[] },
  read: () => Iterable<Reading>,
): void {
  new Gauge({
    ...what,
    labelNames: [...what.labelNames],
    registers: [registry],
    collect() {
      this.reset();
      for (const [labels, value] of read()) this.set(labels, value);
    },
  });
}

export function readLabelledCounter(
  registry: Registry,
  what: Description & { readonly labelNames: readonly string[] },
  read: () => Iterable<Reading>,
): void {
  new Counter({
    ...what,
    labelNames: [...what.labelNames],
    registers: [registry],
    collect() {
      this.reset();
      for (const [labels, value] of read()) this.inc(labels, value);
    },
  });
}
