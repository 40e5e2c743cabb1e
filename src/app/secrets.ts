/** Passwords and certificates of a project: from the environment, and from files. */

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { reasonOf } from './files.ts';
import type { Findings } from './findings.ts';

export interface SecretSite {
  readonly directory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** `skip`: a check on another computer, which has neither the variables nor the files. */
  readonly secrets: 'read' | 'skip';
  readonly findings: Findings;
}

/** An address as it may be shown. */
export function hideSecrets(url: string): string {
  return url.replace(/\/\/[^@/]*@/, '//…@');
}

/** Takes user, password and certificates from where they are kept. */
export class SecretReader {
  readonly #section: string;
  readonly #site: SecretSite;

  /** @param section - of the project, such as `mqtt`. */
  constructor(section: string, site: SecretSite) {
    this.#section = section;
    this.#site = site;
  }

  /** `${NAME}` stands for a variable of the environment, in `user` and `password` alone. */
  text<K extends 'user' | 'password'>(
    option: K,
    written: string | undefined,
  ): { readonly [key in K]?: string } {
    if (written === undefined || this.#site.secrets === 'skip') return {};
    const filled = written.replace(/\$\{([^}]*)\}/g, (_, name: string) => {
      const value = this.#site.environment[name];
      if (value === undefined) {
        this.#site.findings.at([this.#section, option], {
          code: 'SECRET_MISSING',
          message: `the environment has no variable \`${name}\``,
          hint: `set it before the start: ${name}=… gemel up`,
        });
      }
      return value ?? '';
    });
    return entry(option, filled);
  }

  password(file: string | undefined): { readonly password?: string } {
    const text = this.#read('password_file', file);
    return text === undefined ? {} : { password: text.split(/\r?\n/, 1)[0] ?? '' };
  }

  file<K extends 'ca' | 'certificate' | 'key'>(
    option: K,
    file: string | undefined,
  ): { readonly [key in K]?: string } {
    const text = this.#read(option, file);
    return text === undefined ? {} : entry(option, text);
  }

  #read(option: string, file: string | undefined): string | undefined {
    if (file === undefined || this.#site.secrets === 'skip') return undefined;
    try {
      return readFileSync(resolve(this.#site.directory, file), 'utf8');
    } catch (error) {
      this.#site.findings.at([this.#section, option], {
        code: 'SECRET_MISSING',
        message: `\`${file}\` cannot be read: ${reasonOf(error)}`,
      });
      return undefined;
    }
  }
}

function entry<K extends string>(key: K, value: string): { readonly [key in K]?: string } {
  const made: { [key in K]?: string } = {};
  made[key] = value;
  return made;
}
