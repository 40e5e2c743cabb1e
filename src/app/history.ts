/** The `history:` of a project: a file beside the checkpoints, or a database with what is needed to be let in. */

import { join } from 'node:path';
import { didYouMean } from '../core/diagnose/index.ts';
import { secondsOf } from './duration.ts';
import type { Findings, Path } from './findings.ts';
import { durations } from './options.ts';
import type { HistoryPlace, Project } from './project.ts';
import type { HistoryDocument, ProjectDocument } from './schema.ts';
import { hideSecrets, SecretReader, type SecretSite } from './secrets.ts';
import { readSeconds } from './services.ts';

/** @param beside - the directory of the checkpoints, whose lock keeps a second process from the file as well. */
export function readHistory(
  document: ProjectDocument,
  beside: string,
  site: SecretSite,
): Pick<Project, 'history'> {
  const { findings } = site;
  const history = document.history ?? {};
  const { enabled = true, every, keep, summaries } = history;
  const read = (written: typeof keep, kind: 'historyEvery' | 'history' | 'summaries', path: Path): number =>
    (readSeconds(written, kind, { path, findings }) ?? secondsOf(durations[kind].otherwise)) * 1000;
  const everyMs = read(every, 'historyEvery', ['history', 'every']);
  const keepMs = read(keep, 'history', ['history', 'keep']);
  const keepSummariesMs = Math.max(keepMs, read(summaries, 'summaries', ['history', 'summaries']));
  const place = readPlace(history, beside, site);
  return enabled ? { history: { place, everyMs, keepMs, keepSummariesMs } } : {};
}

function readPlace(history: HistoryDocument, beside: string, site: SecretSite): HistoryPlace {
  const { url, schema } = history;
  const { findings } = site;
  if (url === undefined) {
    for (const option of ['user', 'password', 'password_file', 'schema'] as const) {
      if (history[option] === undefined) continue;
      findings.atKey(['history', option], {
        code: 'OPTION_CONFLICT',
        message: `\`${option}\` is for a database, but none is named`,
        hint: 'add `url: postgres://host/database`, or remove it: the history is kept in a file',
      });
    }
    return { file: join(beside, 'history.sqlite') };
  }
  checkUrl(url, findings);
  if (history.password !== undefined && history.password_file !== undefined) {
    findings.atKey(['history', 'password'], {
      code: 'OPTION_CONFLICT',
      message: 'the password is given twice',
      hint: 'remove `password`, and keep the file',
    });
  }
  const reader = new SecretReader('history', site);
  const postgres = {
    url,
    ...reader.text('user', history.user),
    ...reader.text('password', history.password),
    ...reader.password(history.password_file),
    ...(schema !== undefined && { schema }),
  };
  return { postgres };
}

const protocols = ['postgres', 'postgresql'];

function checkUrl(url: string, findings: Findings): void {
  const parsed = URL.parse(url);
  const protocol = parsed?.protocol.slice(0, -1) ?? '';
  if (parsed && parsed.hostname !== '' && protocols.includes(protocol)) return;
  findings.at(['history', 'url'], {
    code: 'DATABASE_URL',
    message: `\`${hideSecrets(url)}\` is not the address of a PostgreSQL database`,
    expected: 'postgres://host:5432/database',
    hint: didYouMean(protocol, protocols),
  });
}
