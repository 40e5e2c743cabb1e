/**
 * How much is read of all connections before others have their turn: files that were flushed, and so senders that wait for
 * an answer; workers; HTTP.
 *
 * After a stall of some milliseconds thousands of messages are there at once, and Node reads on as long as there are any.
 * Those that came first would wait for the last.
 */

/** Some three hundred messages, or three milliseconds. */
const bytesATurn = 32_768;

export class Turns {
  #bytes = 0;
  #waiting = new Set<() => void>();
  #isAhead = false;

  /** Whether to wait for the next turn, in which `goOn` is called. */
  isOver(goOn: () => void): boolean {
    if (this.#bytes < bytesATurn) return false;
    this.#waiting.add(goOn);
    return true;
  }

  count(bytes: number): void {
    this.#bytes += bytes;
    if (this.#isAhead) return;
    this.#isAhead = true;
    setImmediate(() => this.#begin());
  }

  #begin(): void {
    this.#isAhead = false;
    this.#bytes = 0;
    const waiting = this.#waiting;
    this.#waiting = new Set();
    for (const goOn of waiting) goOn();
  }
}
