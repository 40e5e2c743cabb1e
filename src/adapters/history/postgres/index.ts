/** The history in a PostgreSQL database. */

export type { PostgresAddress } from './address.ts';
export { openPostgresStore } from './store.ts';
