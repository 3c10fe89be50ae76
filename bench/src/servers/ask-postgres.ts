import { loadPeer } from "../installed.ts";

interface Pg {
  readonly default: { readonly Client: new (url: string) => Client };
}

interface Client {
  connect(): Promise<unknown>;
  query(sql: string): Promise<{ readonly rows: readonly Readonly<Record<string, unknown>>[] }>;
  end(): Promise<void>;
}

/** The first row that Postgres answers with, over a connection of its own. */
export async function askPostgres(
  url: string,
  sql: string,
): Promise<Readonly<Record<string, unknown>>> {
  const { default: pg }: Pg = await loadPeer("pg");
  const client = new pg.Client(url);
  await client.connect();
  try {
    const { rows } = await client.query(sql);
    return rows[0] ?? {};
  } finally {
    await client.end();
  }
}

/** How durable a commit is, as the database says. */
export async function postgresDurability(url: string): Promise<string> {
  const settings = ["synchronous_commit", "fsync"].map(async (name) => {
    const row = await askPostgres(url, `show ${name}`);
    return `${name} ${String(row[name])}`;
  });
  return (await Promise.all(settings)).join(", ");
}
