/** The side of a process that a benchmark has started: answers orders, and ends with the benchmark. */

import type { Order } from './messages.ts';

interface Reports {
  begin(): void;
  report(): object;
}

export function obey({ begin, report }: Reports): void {
  process.on('disconnect', () => process.exit(0));
  process.on('message', (order: Order) => {
    if (order === 'begin') begin();
    else process.send?.(report());
  });
  process.send?.({ ready: true });
}
