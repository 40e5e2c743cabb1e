/** The fleet as the rest of the program sees it. */

export { createFleet } from './create-fleet.ts';
export type { Fleet, FleetChange, FleetStatistics, TickReport } from './fleet.ts';
