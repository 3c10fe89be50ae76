import { expect } from "vitest";
import type { InWorkerd } from "../../../scripts/in-workerd.ts";
import type { Order, Settings, ShopState } from "./worker/orders.ts";

type Items = Extract<Order, { order: "enqueue" }>["items"];

/** One object of the class `Shop`, as its clients see it. */
export class Shop {
  readonly #place: InWorkerd;
  readonly #name: string;

  constructor(place: InWorkerd, name: string) {
    this.#place = place;
    this.#name = name;
  }

  ask<Answer>(order: Order): Promise<Answer> {
    return this.#place.ask(`/${this.#name}`, order);
  }

  enqueue(...items: Items): Promise<readonly { readonly id: string; readonly added: boolean }[]> {
    return this.ask({ order: "enqueue", items });
  }

  settings(settings: Settings): Promise<void> {
    return this.ask({ order: "settings", settings });
  }

  state(): Promise<ShopState> {
    return this.ask({ order: "state" });
  }

  /** The state, once it is as `check` says. */
  async until(check: (state: ShopState) => boolean, timeout = 20_000): Promise<ShopState> {
    let last: ShopState | undefined;
    await expect
      .poll(async () => check((last = await this.state())), {
        timeout,
        interval: 20,
        message: "the state that is waited for",
      })
      .toBe(true)
      .catch((error: unknown) => {
        throw new Error(`${String(error)}; it is ${JSON.stringify(last)}`, { cause: error });
      });
    return last as ShopState;
  }
}
