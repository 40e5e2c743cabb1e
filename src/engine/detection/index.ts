/** Whether sensors and machines still agree with their twins, asked at each sample. */

export { Detection } from './detection.ts';
export { Sensors } from './sensors.ts';
