import type { StoreUnderTest } from "@turno/testkit";
import { Connection } from "./connection.ts";
import type { SharedStore } from "./shared-store.ts";

/** How the suite comes by connections to shared data, and kills them. */
export function killable(open: () => SharedStore): StoreUnderTest<Connection> {
  return {
    open: () => new Connection(open()),
    openSecond: ({ data }) => new Connection(data),
    kill: (connection) => connection.kill(),
  };
}
