/** The command line of `npm run bench`, `prove` and `faults`: names of what is to be run, `--json`, `--help`, and what each knows besides. */

export interface Runnable {
  readonly name: string;
  /** A name that several answer to. */
  readonly group?: string;
  /** One line for the help. */
  readonly summary: string;
  /** Whether it is run only if it is named. */
  readonly isLong?: boolean;
}

export interface CommandLine<T extends Runnable> {
  /** What one of `all` is called. */
  readonly noun: string;
  readonly all: readonly T[];
  /** Above and below the list of them, for the help. */
  readonly usage: string;
  readonly options: readonly string[];
}

/** As `parseArgs` gives it. */
interface Given {
  readonly values: { readonly json: boolean; readonly help: boolean };
  readonly positionals: readonly string[];
}

export interface Wanted<T extends Runnable, G extends Given> {
  readonly chosen: readonly T[];
  readonly values: G['values'];
  /** A line for people: beside results, or out of the way of results for programs. */
  tell(text: string): void;
  /** Says what is run now, to whoever sits before it. */
  begin(one: T): void;
}

/** What every command knows. */
export const common = {
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/**
 * What to do, or the exit code if nothing is to be done: 0 helped, 2 the command line was wrong.
 *
 * @param read - throws what is wrong, for people.
 */
export function readCommandLine<T extends Runnable, G extends Given>(
  line: CommandLine<T>,
  read: () => G,
): Wanted<T, G> | number {
  try {
    const { values, positionals } = read();
    if (!values.help) {
      const tell = values.json ? console.error : console.log;
      return { chosen: choose(line, positionals), values, tell, begin };
    }
    console.log(help(line));
    return 0;
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${help(line)}`);
    return 2;
  }
}

function choose<T extends Runnable>({ noun, all }: CommandLine<T>, names: readonly string[]): readonly T[] {
  const answers = (one: T, name: string) => name === one.name || name === one.group;
  const unknown = names.find((name) => !all.some((one) => answers(one, name)));
  if (unknown !== undefined) throw new Error(`no ${noun} ${unknown}`);
  if (names.length === 0) return all.filter(({ isLong }) => isLong !== true);
  return all.filter((one) => names.some((name) => answers(one, name)));
}

function begin({ name }: Runnable): void {
  if (process.stderr.isTTY) console.error(`… ${name}`);
}

function help({ all, usage, options }: CommandLine<Runnable>): string {
  const width = Math.max(...all.map(({ name }) => name.length));
  const list = all.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return [usage, '', ...list, '', ...options.map((option) => `  ${option}`)].join('\n');
}
