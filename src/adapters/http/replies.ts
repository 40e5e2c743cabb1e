/** Pieces that the schemas of many replies share. */

import * as schemas from './schemas.ts';

export const JSON_TYPE = 'application/json; charset=utf-8';

const problem = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: schemas.Problem } },
});

/** Any route may answer with a problem. Typed as nothing, so that handlers are held to what they reply otherwise. */
export const problems: object = {
  '4xx': problem('The request cannot be answered; problem details say why.'),
  '5xx': problem('The server cannot answer now, or has a fault.'),
};

/** A snapshot is sent as the text that was made once for all readers; its schema is for the document. */
export const stateReply: Record<string, unknown> = { 200: schemas.State, ...problems };
