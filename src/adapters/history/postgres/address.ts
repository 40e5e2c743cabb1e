/** Where a database is, and who asks to be let in. */

export interface PostgresAddress {
  /** `postgres://host:5432/database`, with options of the connection such as `?sslmode=verify-full`. */
  readonly url: string;
  readonly user?: string;
  readonly password?: string;
  /** The tables are in a schema of their own; `gemel` if nothing is said. */
  readonly schema?: string;
}

/** With user and password in it: for the driver alone, never to be shown. */
export function connectionString({ url, user, password }: PostgresAddress): string {
  const full = new URL(url);
  if (user !== undefined) full.username = encodeURIComponent(user);
  if (password !== undefined) full.password = encodeURIComponent(password);
  return full.href;
}
