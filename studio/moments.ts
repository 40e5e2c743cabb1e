/** Moments on a chart: a line where an alarm came up, with the mark of its severity at its foot; a mark at the top where something happened. */

import type UPlot from 'uplot';
import type { Alarm, Severity } from './alarms.ts';
import type { TwinEvent } from './api.ts';

export interface Moment {
  /** Seconds since 1970. */
  readonly time: number;
  readonly severity: Severity | 'info';
  /** An alarm has a line; an event only a mark at the top. */
  readonly kind: 'alarm' | 'event';
}

/**
 * The moments that belong on the chart of each signal: of alarms whose words name it, and on all charts those of alarms that name
 * none, such as of a twin in quarantine.
 */
export function momentsOf(
  { alarms, events }: { readonly alarms: readonly Alarm[]; readonly events: readonly TwinEvent[] },
  signals: readonly string[],
): Map<string, Moment[]> {
  const moments = new Map<string, Moment[]>(signals.map((name) => [name, []]));
  const put = (words: string, moment: Moment): void => {
    const said = new Set(words.match(/[A-Za-z_]\w*/g));
    const named = signals.filter((name) => said.has(name));
    for (const name of named.length > 0 ? named : signals) moments.get(name)?.push(moment);
  };
  for (const { time, severity, message } of events)
    put(message, { time: Date.parse(time) / 1000, severity, kind: 'event' });
  for (const { raised, severity, message, cause } of alarms)
    put(`${message} ${cause ?? ''}`, { time: Date.parse(raised) / 1000, severity, kind: 'alarm' });
  return moments;
}

/** The past moment that is shown. To be called after uPlot has drawn its lines. */
export function drawCursor(plot: UPlot, time: number | undefined): void {
  if (time === undefined) return;
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  const x = plot.valToPos(time, 'x', true);
  if (!(x >= bbox.left && x <= bbox.left + bbox.width)) return;
  ctx.save();
  ctx.strokeStyle = colorOf('--past');
  ctx.lineWidth = 2 * ratio;
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.restore();
}

const colors = { info: '--quiet', warning: '--warn', critical: '--bad' } as const;

function colorOf(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name);
}

/** To be called after uPlot has drawn its lines. */
export function drawMoments(plot: UPlot, moments: readonly Moment[]): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  const size = 5 * ratio;
  for (const { time, severity, kind } of moments) {
    const x = plot.valToPos(time, 'x', true);
    if (!(x >= bbox.left && x <= bbox.left + bbox.width)) continue;
    const color = colorOf(colors[severity]);
    ctx.save();
    ctx.strokeStyle = color;
    ctx.fillStyle = color;
    ctx.lineWidth = 1.5 * ratio;
    if (kind === 'event') {
      const half = 3.5 * ratio;
      ctx.beginPath();
      ctx.moveTo(x - half, bbox.top);
      ctx.lineTo(x + half, bbox.top);
      ctx.lineTo(x, bbox.top + half * 1.7);
      ctx.closePath();
      ctx.fill();
      ctx.restore();
      continue;
    }
    ctx.setLineDash([4 * ratio, 3 * ratio]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    const foot = bbox.top + bbox.height - size;
    ctx.beginPath();
    ctx.moveTo(x, foot - size);
    ctx.lineTo(x + size, severity === 'critical' ? foot + size : foot);
    if (severity === 'warning') ctx.lineTo(x, foot + size);
    ctx.lineTo(x - size, severity === 'critical' ? foot + size : foot);
    ctx.closePath();
    ctx.fill();
    ctx.restore();
  }
}
