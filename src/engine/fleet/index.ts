/** The fleet as the rest of the program sees it. */

export { createFleet, type FleetOptions } from './create-fleet.ts';
export type { Fleet, FleetChange, FleetStatistics, IncomingMessage, TickReport } from './fleet.ts';
