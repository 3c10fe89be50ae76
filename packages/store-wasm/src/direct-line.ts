import { systemClock, type Watched } from "@turno/core";
import type { SqliteStoreOptions } from "@turno/store-sqlite";
import type { SqlJsStatic } from "sql.js";
import type { Method } from "./holder/call.ts";
import { Holder } from "./holder/holder.ts";
import { OnlyLife } from "./holder/lives.ts";
import type { Line } from "./line.ts";
import type { Persistence } from "./persistence/persistence.ts";
import { newId } from "./tabs/new-id.ts";

interface DirectLineOptions extends SqliteStoreOptions {
  readonly sqlJs: SqlJsStatic;
  readonly persistence: Persistence;
  readonly mode: Line["mode"];
}

/** To a database that is held in this very thread, and that nobody else uses. */
export class DirectLine implements Line {
  readonly salt: number;
  readonly mode: Line["mode"];
  readonly isShared = false;
  readonly #holder: Holder;
  readonly #life: string;
  #last = 0;

  private constructor(holder: Holder, mode: Line["mode"], life: string) {
    this.salt = holder.salt;
    this.mode = mode;
    this.#holder = holder;
    this.#life = life;
  }

  static async open({ mode, ...options }: DirectLineOptions): Promise<DirectLine> {
    const life = newId();
    const holder = await Holder.open({
      ...options,
      clock: systemClock,
      lives: new OnlyLife(life),
      onRing: () => {},
      onTakenOver: () => {},
    });
    return new DirectLine(holder, mode, life);
  }

  call(method: Method, args: readonly unknown[]): Promise<unknown> {
    const call = ++this.#last;
    return this.#holder.take({ caller: this.#life, call, done: call, method, args }, this.#life);
  }

  watch(_listener: () => void, _what: Watched): Disposable {
    // Nobody else writes.
    return { [Symbol.dispose]() {} };
  }

  close(): Promise<void> {
    return this.#holder.close();
  }
}
