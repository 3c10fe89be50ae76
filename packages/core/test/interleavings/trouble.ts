import { StoreBusy, StoreError, StoreFull } from "@turno/core";
import type { Outage } from "./step.ts";

/** Says which calls of a store fail, by their number. */
export class Trouble {
  readonly #outages: readonly Outage[];
  #calls = 0;
  #isOver = false;

  constructor(outages: readonly Outage[]) {
    this.#outages = outages;
  }

  end(): void {
    this.#isOver = true;
  }

  /** The error of this call, if it fails. */
  next(isClaim: boolean): StoreError | undefined {
    const call = this.#calls++;
    const outage = this.#outages.find(({ from, calls }) => call >= from && call < from + calls);
    if (this.#isOver || outage === undefined) return undefined;
    switch (outage.kind) {
      case "busy":
        return new StoreBusy("locked");
      case "partly busy":
        return new StoreBusy("something is locked", { partial: true });
      case "full":
        return new StoreFull("no room");
      case "broken":
        return new StoreError("StoreBroken", "damaged");
      case "no claims":
        return isClaim ? new StoreError("ClaimBroken", "damaged") : undefined;
    }
  }
}
