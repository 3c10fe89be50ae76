import type { JobDefinitions } from "../definition/job-definition.ts";
import { definitionOf } from "../definition/define-jobs.ts";
import type { ClaimLimits } from "../job/claim-picker.ts";
import type { Job, RunningJob } from "../job/job.ts";
import type { Claimant } from "../store/group-commit.ts";
import type { Committed } from "../store/store.ts";
import { Caretaker } from "../worker/caretaker.ts";
import { type AnyClaimedJob, claimedJob } from "../worker/claimed-job.ts";
import { HeldJob } from "../worker/held-job.ts";
import { Membership } from "../worker/membership.ts";
import { threw } from "../worker/outcome.ts";
import { readPayload } from "../worker/read-payload.ts";
import type { Workplace } from "../worker/worker.ts";

interface OwnLoopOptions extends Workplace {
  readonly leaseMs: number;
  readonly onError: (error: unknown) => void;
}

/** Makes the queue a worker of its own for those who claim and settle by hand; beats until it is closed. */
export class OwnLoop<D extends JobDefinitions> {
  readonly #options: OwnLoopOptions;
  readonly #membership: Membership;
  readonly #caretaker: Caretaker;
  #joined: Promise<void> | undefined;

  constructor(options: OwnLoopOptions) {
    this.#options = options;
    this.#membership = new Membership({
      ...options,
      onJoined: () => options.group.wake(),
      onLost: (held, reason) => held.abort(reason),
    });
    this.#caretaker = new Caretaker({ ...options, onAbandoned: () => {} });
  }

  async claim(
    types: readonly string[] | undefined,
    limits: ClaimLimits,
  ): Promise<AnyClaimedJob<D>[]> {
    this.#joined ??= this.#join();
    await this.#joined;
    for (;;) {
      const { claimed, workerKnown } = await this.#claimOnce(types, limits);
      if (workerKnown) {
        const handedOut = await Promise.all(claimed.map((job) => this.#handOut(job)));
        return handedOut.filter((job) => job !== undefined);
      }
      await this.#membership.rejoin();
    }
  }

  letGo(held: HeldJob): void {
    this.#membership.letGo(held);
  }

  notice(job: Job): void {
    this.#membership.lose(job.seq, job);
  }

  async close(): Promise<void> {
    if (this.#joined === undefined) return;
    await this.#joined;
    await this.#caretaker.stop();
    await this.#membership.leave();
  }

  async #join(): Promise<void> {
    await this.#membership.join();
    this.#caretaker.start();
  }

  #claimOnce(types: readonly string[] | undefined, limits: ClaimLimits): Promise<Committed> {
    const { group } = this.#options;
    return new Promise((resolve, reject) => {
      const claimant: Claimant = {
        request: () => {
          const { worker } = this.#membership;
          return worker === undefined ? undefined : { ...limits, worker, types };
        },
        deliver: (committed) => {
          group.remove(claimant);
          resolve(committed);
        },
        refuse: (error) => {
          group.remove(claimant);
          reject(error);
        },
      };
      group.admit(claimant);
      group.wake();
    });
  }

  /** The job for who claimed it; none where its payload does not fit, and then it is dead. */
  async #handOut(job: RunningJob): Promise<AnyClaimedJob<D> | undefined> {
    const { group, clock, definitions } = this.#options;
    const definition = definitionOf(definitions, job.type);
    try {
      const payload = await readPayload(job, definition);
      const held = new HeldJob(job);
      this.#membership.hold(held);
      return claimedJob<D>(held, payload);
    } catch (thrown) {
      await group.submit({ replace: [threw(job, thrown, definition, clock.now())], add: [] });
      return undefined;
    }
  }
}
