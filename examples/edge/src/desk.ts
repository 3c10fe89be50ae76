import { DurableObject } from "cloudflare:workers";
import { type JobId, Queue } from "@turno/core";
import { openDurableObjectStore } from "@turno/store-durable-object";
import { digest } from "./digest.ts";
import { jobs } from "./jobs.ts";

/** One queue: whoever has a desk of his own waits for nobody else. */
export class Desk extends DurableObject {
  readonly #store = openDurableObjectStore(this.ctx.storage);
  readonly #queue = new Queue({ store: this.#store, jobs });

  override async alarm(): Promise<void> {
    await this.#store.atAlarm(() => {
      const worker = this.#queue.work({ digest: ({ payload }) => digest(payload) });
      worker.on("dead", ({ job, error }) => console.error(`job ${job.id} is dead:`, error));
      return worker;
    });
  }

  /** A key makes one job of what is posted twice, as by whoever had no answer the first time. */
  async enqueue(text: string, uniqueKey: string | undefined): Promise<string> {
    const options = uniqueKey === undefined ? {} : { uniqueKey, uniqueUntil: "pruned" as const };
    const { id } = await this.#queue.enqueue("digest", { text }, options);
    return id;
  }

  async job(id: string) {
    const job = await this.#queue.get(id as JobId<"digest">).catch(noneOfOurs);
    if (job === undefined) return undefined;
    const { state, attempt, failures } = job;
    return {
      state,
      attempt,
      result: job.state === "completed" ? job.result : undefined,
      failure: failures.at(-1)?.message,
    };
  }

  async counts() {
    return await this.#queue.counts();
  }
}

/** What is no id of this queue is refused with a TypeError. */
function noneOfOurs(error: unknown): undefined {
  if (!(error instanceof TypeError)) throw error;
}
