/** The hand-written pages as the tests read them. */

import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds package.json. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** The pages that there are, from the root. */
export const pages: readonly string[] = globSync(
  ['*.md', 'docs/**/*.md', 'examples/**/*.md', 'models/**/*.md'],
  { cwd: root, exclude: (path) => path.includes('node_modules') },
).toSorted();

export function readPage(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** What an `<a id>` or a heading makes a target of a link; GitHub's rules. */
export function anchorsOf(page: string): ReadonlySet<string> {
  const text = withoutFences(page);
  const anchors = new Set([...text.matchAll(/<a id="([^"]+)">/g)].map((match) => match[1] ?? ''));
  for (const [, heading = ''] of text.matchAll(/^#{1,6} +(.+?) *$/gm)) {
    const slug = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replace(/[`*]/g, '')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M}\s_-]/gu, '')
      .replace(/\s/g, '-');
    let name = slug;
    for (let count = 1; anchors.has(name); count++) name = `${slug}-${count}`;
    anchors.add(name);
  }
  return anchors;
}

export interface Link {
  readonly page: string;
  readonly line: number;
  readonly target: string;
}

/** The links and pictures of a page that lead to files or anchors of this tree. */
export function relativeLinks(path: string, page: string): readonly Link[] {
  return withoutFences(page)
    .split('\n')
    .flatMap((text, index) =>
      [...text.replace(/`[^`]*`/g, '').matchAll(/\]\(<?([^)\s>]+)>?(?: "[^"]*")?\)/g)]
        .map((match) => match[1] ?? '')
        .filter((target) => !/^[a-z]+:/i.test(target))
        .map((target) => ({ page: path, line: index + 1, target })),
    );
}

/** What is wrong with a link, if anything is. */
export function problemOf({ page, target }: Link): string | undefined {
  const [file = '', anchor] = target.split('#');
  const path = file === '' ? page : join(dirname(page), decodeURIComponent(file));
  if (!existsSync(join(root, path))) return `${path} does not exist`;
  if (anchor === undefined || anchorsOf(readPage(path)).has(anchor)) return undefined;
  return `${path} has no anchor ${anchor}`;
}

/** The page with code blocks left empty, so that lines keep their numbers. */
function withoutFences(page: string): string {
  return page.replace(/^( *)```[\s\S]*?^ *```$/gm, (block) => block.replace(/[^\n]/g, ''));
}

/** The cells of every table row below the heading of a section, up to the next heading. */
export function tableRows(page: string, heading: string): readonly (readonly string[])[] {
  const section = page.split(new RegExp(`^#+ ${heading}$`, 'm'))[1]?.split(/^#+ /m)[0] ?? '';
  return section
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| ---'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

/** The texts in code marks. */
export function codeSpans(text: string): readonly string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');
}
