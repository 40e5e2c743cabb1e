/** Calibration: fits a model's parameters to a record of its machine. */

export type { Calibration, CalibrationOptions } from './calibration.ts';
export { calibrate, startCalibration } from './calibration.ts';
export type { Cell, ColumnMapping, DataTable, Recording, RecordingOptions } from './recording.ts';
export { readRecording } from './recording.ts';
export type { CalibrationResult } from './result.ts';
export { readMapping } from './mapping.ts';
export { newVersion } from './new-version.ts';
export { fittedModel, testOn } from './other-record.ts';
export type { CalibrationView, EstimateView, MeasurementView } from './view.ts';
export { symbolOf, viewOf } from './view.ts';
