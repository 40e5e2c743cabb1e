/** What commands share when they speak to people: colours where they are wanted, and errors without stack traces. */

import { displayName, reasonOf } from '../app/index.ts';
import { GemelError, renderDiagnostics } from '../core/diagnose/index.ts';

/** Colour on terminals, unless the user says otherwise (no-color.org). */
export function colorOn(stream: NodeJS.WriteStream): 'always' | 'never' {
  if (process.env['NO_COLOR']) return 'never';
  if (process.env['FORCE_COLOR']) return 'always';
  return stream.isTTY ? 'always' : 'never';
}

/** A wrong command line: the program says so and exits with 2. */
export function usageError(message: string, hint?: string): GemelError {
  return new GemelError('USAGE', message, { hint });
}

/** Writes an error to stderr. One of ours says what and what to do; a fault of the program shows where it was. */
export function reportError(error: unknown): void {
  if (isRefusal(error)) {
    process.stderr.write(
      `gemel: ${displayName(error.path)} cannot be used: ${reasonOf(error)}  [FILE_UNREADABLE]\n`,
    );
    return;
  }
  if (!(error instanceof GemelError)) {
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`gemel: this is a fault in Gemel, please report it\n${detail}\n`);
    return;
  }
  const hint = error.hint === undefined ? '' : `\n   ${error.hint}`;
  process.stderr.write(`gemel: ${error.message}${hint}  [${error.code}]\n`);
  const further = error.diagnostics.filter(({ message }) => !error.message.includes(message));
  if (further.length > 0) {
    process.stderr.write(renderDiagnostics(further, { sources: new Map(), color: colorOn(process.stderr) }));
  }
}

/** A file or directory that the system refused is no fault of the program. */
function isRefusal(error: unknown): error is NodeJS.ErrnoException & { readonly path: string } {
  return (
    error instanceof Error &&
    'syscall' in error &&
    'path' in error &&
    typeof error.path === 'string' &&
    error.path !== ''
  );
}

/** Ends quietly when the reader of a pipe is gone (`gemel simulate … --csv - | head`). */
export function tolerateClosedPipe(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
}
