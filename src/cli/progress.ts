/** A progress bar on stderr for what takes longer than a moment; nothing where nobody watches. */

const patienceMs = 400;
const redrawMs = 100;
const barWidth = 30;

export interface Progress {
  /** `fraction` from 0 to 1. */
  update(fraction: number, note: string): void;
  /** Takes the bar off the screen. */
  done(): void;
}

export function createProgress(stream: NodeJS.WriteStream): Progress {
  const startMs = performance.now();
  let drawnMs = 0;
  return {
    update(fraction, note) {
      const nowMs = performance.now();
      if (!stream.isTTY || nowMs - startMs < patienceMs || nowMs - drawnMs < redrawMs) return;
      drawnMs = nowMs;
      const full = Math.round(Math.min(1, Math.max(0, fraction)) * barWidth);
      const left =
        fraction > 0.01 ? `, ${Math.ceil(((nowMs - startMs) * (1 / fraction - 1)) / 1000)} s left` : '';
      const bar = '█'.repeat(full) + '░'.repeat(barWidth - full);
      stream.write(`\r\u001b[K${bar} ${Math.floor(fraction * 100)} %  ${note}${left}`);
    },
    done() {
      if (drawnMs > 0) stream.write('\r\u001b[K');
    },
  };
}
