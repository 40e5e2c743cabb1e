/** A loop that is behind: what it says of it, and the ticks that it gives up. */

import { formatSpan } from '../basics/index.ts';
import type { Block } from '../block/index.ts';
import type { Clock } from '../ports/index.ts';
import type { Reporter } from '../protocol/index.ts';
import { severities } from '../snapshot/index.ts';

/** Of real time, whatever the speed of the clock. */
const suspendedMs = 60_000;

/** Gives up ticks of a block that is a minute and more behind. */
export function skipSuspended(block: Block, clock: Clock, reporter: Reporter): void {
  const behindMs = clock.nowMs() - block.nextDueMs;
  if (behindMs < Math.max(suspendedMs * (clock.speed ?? 1), block.periodMs)) return;
  const ticks = Math.floor(behindMs / block.periodMs);
  block.skip(ticks);
  reporter.counters.skippedTicks += ticks * block.lanes;
  const what = `the engine was ${formatSpan(behindMs)} behind and gave up ${ticks} ticks`;
  tell(block, { kind: 'resynchronised', message: what }, reporter);
}

/** A tick was finished after the next was due. */
export function tellMissed(block: Block, finishedMs: number, reporter: Reporter): void {
  reporter.counters.missedDeadlines += block.lanes;
  const lateMs = finishedMs - block.nextDueMs;
  const what = `a tick of ${block.lanes} twins of ${block.model.id} was finished ${formatSpan(lateMs)} after the next was due`;
  tell(block, { kind: 'missed-deadline', message: what }, reporter);
}

function tell(
  block: Block,
  { kind, message }: { readonly kind: 'missed-deadline' | 'resynchronised'; readonly message: string },
  reporter: Reporter,
): void {
  const only = block.lanes === 1 ? block.twin(0)?.index : undefined;
  const severity = severities[kind];
  reporter.event({ twin: only ?? -1, timeMs: block.beliefMs, kind, severity, message });
}
