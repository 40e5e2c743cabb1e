/** Calibration: fits a model's parameters to a record of its machine. */

export type { Calibration, CalibrationOptions, CalibrationProgress } from './calibration.ts';
export { calibrate, startCalibration } from './calibration.ts';
export type { Unknown } from './free.ts';
export type { Finding } from './identifiability.ts';
export type { Cell, ColumnMapping, DataTable, Gap, Recording, RecordingOptions } from './recording.ts';
export { readRecording } from './recording.ts';
export type { ErrorSummary, Whiteness } from './residuals.ts';
export type { CalibrationResult, Estimate, MeasurementFit } from './result.ts';
export { readMapping } from './mapping.ts';
export type { NewVersion } from './new-version.ts';
export { newVersion } from './new-version.ts';
export { fittedModel, testOn } from './other-record.ts';
export type { CalibrationView, EstimateView, MeasurementView } from './view.ts';
export { symbolOf, viewOf } from './view.ts';
