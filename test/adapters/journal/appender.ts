/** A process to be killed: appends records without end and prints the number of each once it is confirmed. */

import { openFileJournal } from '../../../src/adapters/journal/index.ts';

const journal = await openFileJournal(process.argv[2] ?? '', { segmentBytes: 20_000 });
for (let turn = 0; ; turn++) {
  const numbers: number[] = [];
  for (let i = 0; i <= turn % 5; i++) {
    const number = journal.append(Buffer.from(`record ${journal.last + 1}`));
    if (number !== undefined) numbers.push(number);
  }
  await journal.committed();
  process.stdout.write(`${numbers.at(-1)}\n`);
}
