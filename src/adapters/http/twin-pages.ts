/** Lists of twins, of now or of a past moment: narrowed down, and described only as far as a page shows them. */

import type { Static } from 'typebox';
import type { Fleet } from '../../engine/index.ts';
import { twinSummary } from './describe.ts';
import type { PastMoment } from './past/index.ts';
import type { Status, TwinSummary } from './schemas.ts';

export interface TwinFilter {
  readonly prefix?: string;
  /** A name, or name@version. */
  readonly model?: string;
  readonly group?: string;
  readonly status?: Static<typeof Status>;
}

interface TwinGroup {
  readonly name: string;
  /** How many it has. */
  readonly twins: number;
}

export interface TwinList {
  readonly ids: readonly string[];
  /** By name. */
  groups(): TwinGroup[];
  page(from: number, to: number): Promise<TwinSummary[]>;
  /** What an answer says of the moment. */
  readonly told: { readonly past?: { readonly at: string } };
}

export function twinsNow(fleet: Fleet, { prefix = '', model, group, status }: TwinFilter): TwinList {
  const found = fleet.twins().filter(({ config, model: its }) => {
    const { id } = config;
    if (!id.startsWith(prefix)) return false;
    if (group !== undefined && config.group !== group) return false;
    if (model !== undefined && its.id !== model && its.name !== model) return false;
    return status === undefined || (fleet.snapshot(id)?.status ?? 'waiting') === status;
  });
  return {
    ids: found.map(({ config }) => config.id),
    groups: () => groupsOf(found.map(({ config }) => config)),
    page: async (from, to) => found.slice(from, to).map((info) => twinSummary(fleet, info)),
    told: {},
  };
}

export async function pastTwins(
  moment: PastMoment,
  { prefix = '', model, group, status }: TwinFilter,
): Promise<TwinList> {
  const found = (await moment.twins()).filter(
    (twin) =>
      twin.id.startsWith(prefix) &&
      (model === undefined || twin.model === model || twin.model.startsWith(`${model}@`)) &&
      (group === undefined || twin.group === group) &&
      (status === undefined || twin.status === status),
  );
  return {
    ids: found.map(({ id }) => id),
    groups: () => groupsOf(found),
    async page(from, to) {
      const shown = found.slice(from, to);
      const ticks = await moment.ticks(shown.map(({ id }) => id));
      const models = [...new Set(shown.map((twin) => twin.model))];
      const titles = new Map(
        await Promise.all(models.map(async (id) => [id, (await moment.model(id)).title] as const)),
      );
      return shown.map((twin) => {
        const last = ticks.get(twin.id);
        return {
          ...twin,
          title: titles.get(twin.model) ?? '',
          ...(last && { tick: last.tick, time: new Date(last.timeMs).toISOString() }),
        };
      });
    },
    told: { past: moment.told },
  };
}

function groupsOf(twins: readonly { readonly group?: string }[]): TwinGroup[] {
  const counts = new Map<string, number>();
  for (const { group } of twins) if (group !== undefined) counts.set(group, (counts.get(group) ?? 0) + 1);
  return Array.from(counts, ([name, count]) => ({ name, twins: count })).toSorted((a, b) =>
    a.name < b.name ? -1 : 1,
  );
}
