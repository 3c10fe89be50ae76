import type { Adopter, Store } from "@turno/core";
import { METHODS } from "../around.ts";

/** Is told of each call, before it is made and after; what it throws the caller gets instead of an answer. */
type Meddling = (method: string, when: "before" | "after", argument: unknown) => void;

/** `store`, asynchronous, with `meddle` around each of its methods, those of its adopter too. */
export function meddled(store: Store & { readonly adopter: Adopter }, meddle: Meddling) {
  const around =
    (owner: object, method: string) =>
    async (...given: unknown[]) => {
      meddle(method, "before", given.at(-1));
      const call = Reflect.get(owner, method) as (...args: unknown[]) => unknown;
      const answer = await call.apply(owner, given);
      meddle(method, "after", given.at(-1));
      return answer;
    };
  const entriesOf = (owner: object, methods: readonly string[]) =>
    Object.fromEntries(methods.map((method) => [method, around(owner, method)]));
  return {
    get salt() {
      return store.salt;
    },
    ...entriesOf(store, METHODS),
    adopter: entriesOf(store.adopter, ["begin", "take", "end"]),
  } as unknown as Store & { readonly adopter: Adopter };
}
