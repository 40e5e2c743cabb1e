/** Whether a machine, its sensors and its model still agree, and who is at fault if not. */

export type { Finding } from './finding.ts';
export { findingKinds } from './finding.ts';
export { clippedScatter, clippedShifts, shifts, thresholdFor } from './run-length.ts';
export type { SensorMonitor, SensorMonitorOptions } from './sensor.ts';
export { createSensorMonitor } from './sensor.ts';
export type { SensorSample } from './sensor-record.ts';
export { suspicions } from './sensor-record.ts';
export type { BankSample } from './bank.ts';
export type { Baseline } from './baseline.ts';
export type { Diagnosis, DiagnosisRequest } from './diagnosis.ts';
export { createDiagnosis } from './diagnosis.ts';
export { judgeBank } from './verdict.ts';
export type { Channel } from './channel.ts';
export type { HealthMonitor } from './health.ts';
export { createHealthMonitor } from './health.ts';
export type { MonitorRow } from './features.ts';
export type { MonitorOptions } from './monitor.ts';
export { startMonitor, trainMonitor } from './monitor.ts';
export { distanceOf, fitPrincipal, residualLimit } from './principal.ts';
export { wanderingStates } from './wandering.ts';
