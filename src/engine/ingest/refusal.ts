/** Bad data: why a sample was not used. It is an everyday event, so it is returned and counted, not thrown. */

/** Every reason, in words for the documentation. */
export const refusalReasons = {
  'bad-time': 'The event time is not a time: not ISO 8601 with a zone, seconds or milliseconds.',
  'bad-unit': 'The unit of a value is unknown, or cannot be converted to the unit of its signal.',
  'disk-refuses': 'The disk takes no records, and as many wait for it as may: nothing more can be kept.',
  empty: 'The payload has no bytes, or only white space.',
  'missing-field': 'The field that a binding names is not in the payload.',
  'not-a-number': 'The value is a text, a boolean, null, a list or an object instead of a number.',
  'not-an-object': 'The payload of a telemetry topic is not a JSON object.',
  'not-finite': 'The value is infinite, not a number, or too large for a double.',
  'not-json': 'The payload is not well-formed JSON.',
  'not-utf8': 'The payload is not well-formed UTF-8.',
  'out-of-bounds': 'The value lies outside the bounds that the model gives the signal.',
  'out-of-order':
    'The sample is from before a restart or a step by hand, or the twin allows no lateness, and a newer one of its signal was applied.',
  'queue-full': 'Too many samples wait for their tick; the oldest one made room, or none more was taken.',
  repeated: 'The same value with the same time was already applied.',
  replaced: 'A correction came before its tick: another value of the same signal and time took its place.',
  'too-deep': 'The JSON is nested deeper than 32 levels.',
  'too-large': 'The payload is longer than 256 KiB.',
  'too-late': 'The event time is older than the lateness that the twin allows.',
  'too-new': 'The event time is further in the future than the twin waits for.',
  unavailable: 'The worker of the twin has failed, or the engine is stopping.',
  'unknown-signal': 'The model of the twin has no input and no measurement of this name.',
  'unknown-twin': 'No twin of this name runs here.',
} as const;

export type RefusalReason = keyof typeof refusalReasons;

/** One refused sample, or one refused message if it has no signal. */
export interface Refused {
  readonly reason: RefusalReason;
  /** When it was refused, Unix milliseconds. */
  readonly atMs: number;
  readonly twin?: string;
  readonly signal?: string;
  readonly topic?: string;
  /** What was found, shortened. */
  readonly got?: string;
  /** One sentence for a person, with the values. */
  readonly message: string;
  readonly hint?: string;
}

/** The answer to a message: how many samples were taken for their tick, and what was not, and why. */
export interface Delivery {
  readonly accepted: number;
  /**
   * Resolves once what was accepted is in the journal on the disk: the moment to acknowledge. Absent without a journal, or
   * if nothing was accepted. Rejects if the engine ends before.
   */
  readonly durable?: Promise<void>;
  readonly refused: readonly Refused[];
}
