import type { Committed, Counts, NewJob } from "@turno/core";
import type { Persistence } from "@turno/store-wasm";
import { SimulatedClock } from "@turno/testkit";
import type { Method } from "../../src/holder/call.ts";
import { Holder } from "../../src/holder/holder.ts";
import { OnlyLife } from "../../src/holder/lives.ts";
import { loadWasm } from "../../src/loading/load-wasm.ts";
import { startSqlJs } from "../../src/loading/start-sql-js.ts";

/** A holder of what is in `persistence`, its clock, and calls of it. */
export async function aHolder(persistence: Persistence, clock = new SimulatedClock()) {
  const holder = await Holder.open({
    sqlJs: await startSqlJs(await loadWasm()),
    persistence,
    clock,
    table: "turno_",
    random: () => 0.5,
    lives: new OnlyLife("this"),
    onRing: () => {},
    onTakenOver: () => {},
  });
  let last = 0;
  const call = (method: Method, ...args: readonly unknown[]) => {
    const number = ++last;
    return holder.take({ caller: "page", call: number, done: number, method, args }, "this");
  };
  return {
    holder,
    clock,
    call,
    add: (...add: NewJob[]) => call("commit", { now: clock.now(), add }) as Promise<Committed>,
    counts: () => call("counts") as Promise<Counts>,
  };
}
