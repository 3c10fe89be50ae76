import type { ObjectStorage } from "@turno/store-durable-object";

/** The storage, and by the kind of a statement and its table how many rows it has written so far: what Cloudflare bills. */
export function counted(storage: DurableObjectStorage) {
  const rows = new Map<string, number>();
  const count = (name: string, written: number) => {
    if (written > 0) rows.set(name, (rows.get(name) ?? 0) + written);
  };
  const counting: ObjectStorage = {
    sql: {
      exec(query, ...parameters) {
        const cursor = storage.sql.exec(query, ...parameters);
        const found = cursor.toArray();
        count(kindOf(query), cursor.rowsWritten);
        return { toArray: () => found };
      },
    },
    transactionSync: (work) => storage.transactionSync(work),
    getAlarm: () => storage.getAlarm(),
    setAlarm(at) {
      count("alarm", 1);
      return storage.setAlarm(at);
    },
  };
  return { storage: counting, rows };
}

function kindOf(query: string): string {
  const [, verb = "", table = ""] = /^\s*(\w+(?: OR \w+)?)\b.*?(turno_\w+)/s.exec(query) ?? [];
  return `${verb.toLowerCase()} ${table.replace("turno_", "")}`;
}
