/** Past moments over HTTP. */

export { type PastEntry, type PastMoment, PastReader, type PastTick } from './past.ts';
export { atField, AtQuery, Past } from './request.ts';
