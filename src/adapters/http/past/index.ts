/** Past moments over HTTP. */

export { type PastMoment, PastReader } from './past.ts';
export { atField, AtQuery, Past } from './request.ts';
