/** The lanes of a block: the memory that they share, how they move, and what is kept of each beside its numbers. */

export { beliefSlots } from './belief-slots.ts';
export { LaneEvents } from './events.ts';
export { historySpan } from './history.ts';
export { LaneList } from './list.ts';
export { BlockMemory } from './memory.ts';
export { type Belief, createMotion, type Motion } from './motion.ts';
export { countedElsewhere, isCountedElsewhere, type LaneSamples, type QueuedSample } from './samples.ts';
export { copySide, createSide, fillHole, type LaneSide, sideOf, type SideShape } from './side.ts';
export { type StepInputs, stepLane } from './step-lane.ts';
