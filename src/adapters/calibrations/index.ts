/** Calibrations as jobs beside the live twins: each in a thread of its own, one at a time. */

export { CalibrationJobs } from './jobs.ts';
