/** Numbers, ages and times as people read them. */

const plain = new Intl.NumberFormat('en', { maximumSignificantDigits: 5, useGrouping: false });

/** About five significant digits; a dash where there is no number. */
export function formatNumber(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e7)) return value.toPrecision(4).replace(/\.?0+e/, 'e');
  // A fixed number of decimals keeps a running value from jumping sideways.
  if (size >= 1 && size < 1e4 && !Number.isInteger(value))
    return value.toFixed(size < 10 ? 3 : size < 100 ? 2 : 1);
  return plain.format(value);
}

/** A difference, with its sign; of a difference, three digits say enough. */
export function formatSigned(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–';
  if (value === 0) return '0';
  return `${value < 0 ? '−' : '+'}${Number(Math.abs(value).toPrecision(3))}`;
}

/** A pure number has no unit to show. */
export function formatUnit(unit: string): string {
  return unit === '1' ? '' : unit.replace(/^deg([CF])$/, '°$1');
}

export function formatAge(seconds: number): string {
  if (seconds < 1.5) return 'now';
  if (seconds < 90) return `${Math.round(seconds)} s ago`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min ago`;
  return `${Math.round(seconds / 3600)} h ago`;
}

/** The age of a value at the past moment that is shown. */
export function formatEarlier(seconds: number): string {
  const age = formatAge(seconds);
  return age === 'now' ? 'fresh then' : age.replace('ago', 'old then');
}

/** How long ago a moment was that stays where it is. */
export function formatAgo(seconds: number): string {
  if (seconds < 90) return `${Math.max(0, Math.round(seconds))} s ago`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min ago`;
  if (seconds < 129_600) return `${Number((seconds / 3600).toPrecision(2))} h ago`;
  return `${Number((seconds / 86_400).toPrecision(2))} days ago`;
}

/** Day and time, to the second. */
export function formatMomentInFull(timeMs: number): string {
  const time = new Date(timeMs);
  const day = time.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
  return `${day}, ${time.toLocaleTimeString('en-GB')}`;
}

export function formatClock(time: string): string {
  return new Date(time).toLocaleTimeString('en-GB');
}

/** With the day, unless it is today. */
export function formatDay(time: string): string {
  const date = new Date(time);
  const clock = date.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
  if (date.toDateString() === new Date().toDateString()) return clock;
  return `${date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' })}, ${clock}`;
}

/** A moment on the axis of a chart that shows so many seconds. */
export function formatMoment(seconds: number, spanSeconds: number): string {
  const time = new Date(seconds * 1000);
  if (spanSeconds > 86_400) return time.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' });
  const isLong = spanSeconds > 900;
  return time.toLocaleTimeString('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    ...(isLong ? {} : { second: '2-digit' }),
  });
}
