/**
 * Loaded before a program (`--import`), in each of its threads: its system clock is off by what stands in a file, as if somebody had
 * set it. The machine's monotonic clock, which nobody can set, is left alone.
 */

import { readFileSync } from 'node:fs';

const file = process.env['FAULTS_CLOCK'] ?? '';
const readEveryMs = 20;
const realNow = Date.now.bind(Date);
let offsetMs = 0;
let readMs = Number.NEGATIVE_INFINITY;

Date.now = () => {
  if (performance.now() - readMs > readEveryMs) {
    readMs = performance.now();
    try {
      offsetMs = Number(readFileSync(file, 'utf8'));
    } catch {
      // Not set so far.
    }
  }
  return realNow() + offsetMs;
};
