// Opens a queue's schema, which may not be there yet, and prints its salt: node open.ts URL SCHEMA
import { openPostgresStore } from "@turno/store-postgres";

const [, , url = "", schema] = process.argv;
const store = await openPostgresStore(url, { schema });
console.log(store.salt);
await store.close();
