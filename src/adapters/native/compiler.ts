/**
 * The system's C compiler: the first of those named that answers.
 *
 * Its work is waited for (`spawnSync`): it happens where kernels are made, in a worker or before a simulation.
 */

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { arch, cpus, platform } from 'node:os';
import { type CMode, compilerFlags } from '../../core/kernel/index.ts';
import type { Target } from './cache.ts';

export interface CompilerOptions {
  readonly mode: CMode;
  readonly compilers?: readonly string[];
  readonly compileLimitMs?: number;
}

export interface Compiler {
  /** All that decides what comes out, besides the text: version, flags, processor. */
  readonly identity: string;
  /** Source file → shared library. @throws Error that says why not, in one line. */
  compile(target: Target): void;
}

const limits = { compileMs: 60_000, answerMs: 5000, messageLength: 200 } as const;

/** @throws Error if there is no compiler. */
export function createCompiler(options: CompilerOptions): Compiler {
  const { mode, compilers = ['cc', 'gcc', 'clang'], compileLimitMs = limits.compileMs } = options;
  const found = find(compilers);
  const family = /clang/i.test(found.version) ? 'clang' : 'gcc';
  const flags = [...compilerFlags(mode, family), '-fPIC', '-shared'];
  return {
    identity: [found.version, ...flags, processor()].join('\n'),
    compile({ source, library }) {
      const { status, signal, error, stderr } = spawnSync(
        found.command,
        [...flags, '-o', library, source, '-lm'],
        // A compiler's complaints are to be in English, whatever the user's language is.
        {
          encoding: 'utf8',
          timeout: compileLimitMs,
          killSignal: 'SIGKILL',
          stdio: ['ignore', 'ignore', 'pipe'],
          env: { ...process.env, LC_ALL: 'C' },
        },
      );
      if (error && 'code' in error && error.code === 'ETIMEDOUT')
        throw new Error(`${found.command} took longer than ${compileLimitMs / 1000} s`);
      if (error) throw new Error(`${found.command} could not be run: ${error.message}`, { cause: error });
      if (status === 0) return;
      const why = shortened(stderr) || `it said nothing (${signal ?? `exit code ${status}`})`;
      throw new Error(`${found.command} failed: ${why}`);
    },
  };
}

function find(compilers: readonly string[]): { readonly command: string; readonly version: string } {
  for (const command of compilers) {
    const { status, stdout } = spawnSync(command, ['--version'], {
      encoding: 'utf8',
      timeout: limits.answerMs,
      killSignal: 'SIGKILL',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    if (status === 0) return { command, version: stdout };
  }
  throw new Error(`no C compiler was found (looked for ${compilers.join(', ')})`);
}

/** Code made with -march=native is only good for processors like this one; a cache may be shared by several. */
function processor(): string {
  const parts = [platform(), arch(), cpus()[0]?.model ?? ''];
  try {
    const text = readFileSync('/proc/cpuinfo', 'utf8');
    parts.push(/^(?:flags|Features)\s*:.*$/m.exec(text)?.[0] ?? '');
  } catch {
    // Only Linux has this file; elsewhere the model must do.
  }
  return parts.join('\n');
}

/** The first complaint, without the directory that it stands in. */
function shortened(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  const line = lines.find((each) => /\berror\b/i.test(each)) ?? lines[0] ?? '';
  const text = line
    .replaceAll(/\p{Cc}/gu, ' ')
    .replaceAll(/\/\S*\//g, '')
    .trim();
  return text.length > limits.messageLength ? `${text.slice(0, limits.messageLength - 1)}…` : text;
}
