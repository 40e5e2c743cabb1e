/**
 * Templates: one entry of a project file that stands for many twins.
 *
 * `pump-{1..500}` names pump-1 … pump-500; `pump-{001..500}` keeps the width; several ranges multiply,
 * the last one running fastest: `line-{1..2}-pump-{1..3}` names six.
 */

/** The most twins that one project may name. */
export const twinLimit = 100_000;

const idPattern = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;
const idLengthLimit = 128;

/** What is wrong with a template, and what to write instead. */
export interface TemplateProblem {
  readonly code: 'TWIN_NAME' | 'TWIN_LIMIT';
  readonly message: string;
  readonly hint?: string;
}

/** The names that a template stands for, in order, or the reason why it stands for none. */
export function expandTemplate(
  template: string,
): { readonly names: readonly string[] } | { readonly problem: TemplateProblem } {
  const parts = partsOf(template);
  if ('problem' in parts) return parts;
  const count = parts.reduce((product, part) => product * part.count, 1);
  if (count > twinLimit) {
    return {
      problem: {
        code: 'TWIN_LIMIT',
        message: `\`${template}\` names ${count.toLocaleString('en')} twins`,
        hint: `one project runs at most ${twinLimit.toLocaleString('en')}`,
      },
    };
  }
  let names: string[] = [''];
  for (const part of parts) {
    const tails = Array.from({ length: part.count }, (_, index) => part.textAt(index));
    names = names.flatMap((head) => tails.map((tail) => head + tail));
  }
  const bad = names.find((name) => !idPattern.test(name) || name.length > idLengthLimit);
  if (bad !== undefined) return { problem: nameProblem(bad) };
  return { names };
}

/** Puts a twin's name in place of every `{twin}`. */
export function fillTwin(text: string, twin: string): string {
  return text.replaceAll('{twin}', twin);
}

/** A piece of a template: a literal text is one choice, a range many. */
interface Part {
  readonly count: number;
  textAt(index: number): string;
}

function partsOf(template: string): readonly Part[] | { readonly problem: TemplateProblem } {
  const parts: Part[] = [];
  for (const piece of template.split(/(\{[^{}]*\})/)) {
    if (!/[{}]/.test(piece)) {
      parts.push({ count: 1, textAt: () => piece });
      continue;
    }
    const range = /^\{(\d{1,9})\.\.(\d{1,9})\}$/.exec(piece);
    if (!range) {
      return problem(
        `\`${piece}\` in \`${template}\` is not a range`,
        'write a range as {1..500} or {001..500}',
      );
    }
    const [, first = '', last = ''] = range;
    if (Number(last) < Number(first)) {
      return problem(`the range ${piece} runs backwards`, `write {${last}..${first}}`);
    }
    parts.push(rangeOf(first, last));
  }
  return parts;
}

function rangeOf(first: string, last: string): Part {
  const padded = [first, last].some((text) => text.length > 1 && text.startsWith('0'));
  const width = padded ? Math.max(first.length, last.length) : 0;
  return {
    count: Number(last) - Number(first) + 1,
    textAt: (index) => String(Number(first) + index).padStart(width, '0'),
  };
}

function nameProblem(name: string): TemplateProblem {
  if (name.length > idLengthLimit) {
    return { code: 'TWIN_NAME', message: `a twin's name has at most ${idLengthLimit} characters` };
  }
  return {
    code: 'TWIN_NAME',
    message: `\`${name}\` is not a twin's name`,
    hint: 'letters, digits, dot, dash and underscore, beginning with a letter or digit',
  };
}

function problem(message: string, hint: string): { readonly problem: TemplateProblem } {
  return { problem: { code: 'TWIN_NAME', message, hint } };
}
