import type { ClaimedOf, Queue } from "@turno/core";
import { codeOf } from "./code-of.ts";
import type { Jobs } from "./jobs.ts";
import type { RequestsOptions } from "./requests.ts";
import type { Claimed, How, Run } from "./run.ts";
import type { HandSettling, Type } from "./script.ts";
import type { World } from "./world.ts";

interface HandsOptions extends RequestsOptions {
  readonly begin: (job: Claimed) => Run;
  readonly end: (run: Run, how: How) => void;
}

/** Claim and settle jobs by hand. */
export class Hands {
  readonly #world: World;
  readonly #queue: Queue<Jobs>;
  readonly #options: HandsOptions;
  #haveClaimed = false;

  constructor(options: HandsOptions) {
    this.#world = options.world;
    this.#queue = options.queue;
    this.#options = options;
  }

  /** Whether the queue has become a worker by it. */
  get haveClaimed(): boolean {
    return this.#haveClaimed;
  }

  claim(limit: number, type?: Type): void {
    this.#haveClaimed = true;
    this.#queue.claim(type === undefined ? { limit } : { limit, types: [type] }).then(
      (claimed) => {
        for (const job of claimed) this.#hold(this.#options.begin(job as Claimed));
      },
      (error: unknown) => this.#options.onError(error),
    );
  }

  #hold(run: Run): void {
    this.#world.held.push({ run, settle: (how) => this.#settle(run, how) });
  }

  #settle(run: Run, how: HandSettling): void {
    // The store may have it long before the answer comes.
    this.#options.end(run, ENDS[how]);
    this.#ask(run, how).then(
      ({ state }) => this.#settled(run, how, state),
      (error: unknown) => {
        if (codeOf(error) === "LeaseLost") return this.#lost(run);
        // It may be held still: somebody has to try the same again.
        this.#world.held.push({ run, settle: () => this.#settle(run, how) });
        this.#options.onError(error);
      },
    );
  }

  #ask({ job, name }: Run, how: HandSettling) {
    // Settling takes a job of any one type, but not of one of several.
    const claimed = job as ClaimedOf<Jobs, "plain">;
    switch (how) {
      case "complete":
        return this.#queue.complete(claimed, { run: name });
      case "fail":
        return this.#queue.fail(claimed, new Error("by hand"));
      case "snooze":
        return this.#queue.snooze(claimed, { delayMs: 20 });
      case "release":
        return this.#queue.release(claimed);
    }
  }

  #settled(run: Run, how: HandSettling, state: string): void {
    const { ledger, diary } = this.#world;
    const { id, attempt } = run.job;
    diary.met("a job was settled by hand");
    if (!ledger.book.wasEver(id, state as "dead"))
      diary.accuse("what was settled is stored", `${id} was never ${state}`);
    const event = how === "fail" ? (state === "dead" ? "dead" : "failed") : TOLD[how];
    this.#options.note({ kind: "told", event, id, attempt });
  }

  #lost(run: Run): void {
    const { ledger, diary } = this.#world;
    const { job, claim } = run;
    diary.met("a job settled by hand had been lost");
    if (claim !== undefined && ledger.book.get(job.id)?.revision === claim.revision)
      diary.accuse("only a job that is lost is refused to its holder", job.id);
  }
}

const ENDS = {
  complete: "returned",
  fail: "threw",
  snooze: "snoozed",
  release: "snoozed",
} as const;

const TOLD = { complete: "completed", snooze: "snoozed", release: "released" } as const;
