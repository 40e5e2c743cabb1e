/** The fleet as the rest of the program sees it. */

export { createFleet } from './create-fleet.ts';
export type {
  Fleet,
  FleetChange,
  FleetOptions,
  FleetStatistics,
  IncomingMessage,
  TickReport,
} from './fleet.ts';
