import { bellsOf, type Watched, type WorkerRecord, type Write } from "@turno/core";
import type { KeptDatabase } from "../database/kept-database.ts";
import { type Call, isReading, type StoreMethod } from "./call.ts";
import { Durable, type DurableOptions } from "./durable.ts";
import type { Lives } from "./lives.ts";
import { TakenCalls } from "./taken-calls.ts";

export interface HolderOptions extends DurableOptions {
  readonly lives: Lives;
  /** A write of the tab `life` is durable that others may want to hear of. */
  readonly onRing: (what: Watched, life: string) => void;
}

/** Answers to calls are kept for a day: for a page that comes back from where the browser had put it away. */
const ANSWERS_LAST_MS = 24 * 60 * 60 * 1_000;

/** Whoever has the database: carries out the calls of all tabs, each once. */
export class Holder {
  readonly salt: number;
  readonly #options: HolderOptions;
  readonly #durable: Durable;
  readonly #taken = new TakenCalls();

  private constructor(options: HolderOptions, durable: Durable, salt: number) {
    this.#options = options;
    this.#durable = durable;
    this.salt = salt;
  }

  static async open(options: HolderOptions): Promise<Holder> {
    const durable = await Durable.open(options);
    const { lives, clock } = options;
    const longAgo = clock.now() - ANSWERS_LAST_MS;
    durable
      .write(({ calls }) => calls.forgetOld(longAgo))
      .catch(() => {
        // They are kept longer, as where there is no room.
      });
    try {
      const salt = await durable.read(({ tables }) => {
        for (const { sign } of tables.signedWorkers()) if (sign !== null) lives.watch(sign);
        return tables.salt;
      });
      return new Holder(options, durable, salt);
    } catch (error) {
      lives.stop();
      await durable.close();
      throw error;
    }
  }

  /** Carries out a call of the tab `life`; the same call once more gives the same answer. */
  take(call: Call, life: string): Promise<unknown> {
    if (isReading(call)) return this.#take(call, life);
    return this.#taken.once(call, life, () => this.#take(call, life));
  }

  /** The tab has ended. */
  forget(life: string): void {
    this.#taken.forget(life);
  }

  close(): Promise<void> {
    this.#options.lives.stop();
    return this.#durable.close();
  }

  async #take(call: Call, life: string): Promise<unknown> {
    const { lives, onRing } = this.#options;
    lives.watch(life);
    if (isReading(call)) return this.#durable.read((database) => this.#read(database, call));
    const answer = await this.#durable.write((database) => this.#write(database, call, life));
    if (call.method === "commit")
      for (const what of bellsOf(call.args[0] as Write)) onRing(what, life);
    return answer;
  }

  #read(database: KeptDatabase, { method, args }: Call): unknown {
    if (method === "export") return database.export();
    if (method === "workers") return this.#workers(database);
    return apply(database, method, args);
  }

  #write(database: KeptDatabase, call: Call, life: string): unknown {
    const { port, calls } = database;
    const { caller, done, method, args } = call;
    return port.immediately(() => {
      const before = calls.find(call);
      if (before !== undefined) return before.answer;
      const changes = database.changes();
      const answer =
        method === "join"
          ? database.tables.join({ ...(args[0] as { leaseMs: number }), sign: life })
          : apply(database, method as StoreMethod, args);
      // What has changed nothing, such as a claim that found no job, may be done again; and so may a beat.
      if (method === "beat" || database.changes() === changes) return answer;
      calls.forget({ caller, call: done });
      calls.keep(call, answer, this.#options.clock.now());
      return answer;
    });
  }

  #workers({ tables }: KeptDatabase): readonly WorkerRecord[] {
    const { lives } = this.#options;
    return tables
      .signedWorkers()
      .map(({ sign, ...worker }) => ({ ...worker, gone: sign !== null && lives.isOver(sign) }));
  }
}

function apply({ tables }: KeptDatabase, method: StoreMethod, args: readonly unknown[]): unknown {
  return Reflect.apply(tables[method] as (...args: unknown[]) => unknown, tables, [...args]);
}
