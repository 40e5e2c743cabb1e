/** Moments on a chart: a line where an alarm came up, with the mark of its severity at its foot. */

import type UPlot from 'uplot';
import type { Alarm, Severity } from './alarms.ts';

export interface Moment {
  /** Seconds since 1970. */
  readonly time: number;
  readonly severity: Severity;
}

/**
 * The moments that belong on the chart of each signal: of alarms whose words name it, and on all charts those of alarms that name
 * none, such as of a twin in quarantine.
 */
export function momentsOf(alarms: readonly Alarm[], signals: readonly string[]): Map<string, Moment[]> {
  const moments = new Map<string, Moment[]>(signals.map((name) => [name, []]));
  for (const { raised, severity, message, cause } of alarms) {
    const words = new Set(`${message} ${cause ?? ''}`.match(/[A-Za-z_]\w*/g));
    const named = signals.filter((name) => words.has(name));
    for (const name of named.length > 0 ? named : signals) {
      moments.get(name)?.push({ time: Date.parse(raised) / 1000, severity });
    }
  }
  return moments;
}

/** To be called after uPlot has drawn its lines. */
export function drawMoments(plot: UPlot, moments: readonly Moment[]): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  const size = 5 * ratio;
  for (const { time, severity } of moments) {
    const x = plot.valToPos(time, 'x', true);
    if (!(x >= bbox.left && x <= bbox.left + bbox.width)) continue;
    const color = getComputedStyle(document.documentElement).getPropertyValue(
      severity === 'critical' ? '--bad' : '--warn',
    );
    ctx.save();
    ctx.strokeStyle = color;
    ctx.fillStyle = color;
    ctx.lineWidth = 1.5 * ratio;
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
