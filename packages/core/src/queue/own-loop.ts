import type { JobDefinition, JobDefinitions } from "../definition/job-definition.ts";
import { definitionOf } from "../definition/define-jobs.ts";
import type { ClaimLimits } from "../job/claim-picker.ts";
import type { Job, RunningJob, WorkerId } from "../job/job.ts";
import { QueueClosed } from "../job/outcome-error.ts";
import type { Claimant } from "../store/group-commit.ts";
import type { Committed } from "../store/store.ts";
import { release } from "../job/put-back.ts";
import { atMost } from "../time/at-most.ts";
import { Caretaker } from "../worker/caretaker.ts";
import { type AnyClaimedJob, claimedJob } from "../worker/claimed-job.ts";
import { HeldJob } from "../worker/held-job.ts";
import { Membership, reasonForLoss } from "../worker/membership.ts";
import { misfit } from "../worker/outcome.ts";
import { Notebook } from "../worker/notebook.ts";
import { readPayload } from "../worker/read-payload.ts";
import { Settlements } from "../worker/settlements.ts";
import type { Workplace } from "../worker/worker.ts";

interface OwnLoopOptions extends Workplace {
  readonly leaseMs: number;
  readonly onError: (error: unknown) => void;
}

/** What a claim gave. */
interface Claimed extends Pick<Committed, "workerKnown"> {
  readonly held: readonly HeldJob[];
}

/** How long what is still to be written may take when the queue is closed. */
const FLUSH_MS = 1_500;

/** Makes the queue a worker of its own for those who claim and settle by hand; beats until it is closed. */
export class OwnLoop {
  readonly #options: OwnLoopOptions;
  readonly #membership: Membership;
  readonly #caretaker: Caretaker;
  readonly #settlements: Settlements;
  readonly #notebook: Notebook;
  readonly #claims = new Set<PromiseWithResolvers<Claimed>>();
  #joined: Promise<void> | undefined;
  #closed = false;

  constructor(options: OwnLoopOptions) {
    this.#options = options;
    this.#membership = new Membership({
      ...options,
      onJoined: () => options.group.wake(),
      isClaiming: () => this.#claims.size > 0,
      onStray: (job) => this.#giveBack(this.#hold(job)),
      onMovedOn: (held, stored) => {
        if (held.settledByHandTo(stored) === undefined) held.abort(reasonForLoss(held, stored));
      },
    });
    this.#caretaker = new Caretaker({
      ...options,
      self: () => this.#membership.worker,
      isBeating: () => this.#membership.isBeating,
      onAbandoned: () => {},
    });
    this.#notebook = new Notebook({
      ...options,
      isHeld: (held) => this.#membership.holds(held),
    });
    this.#settlements = new Settlements({
      ...options,
      onStored: ({ held }) => void this.#membership.letGo(held),
      onTrouble: options.onError,
    });
  }

  async claim(
    types: readonly string[] | undefined,
    limits: ClaimLimits,
  ): Promise<AnyClaimedJob<JobDefinitions>[]> {
    this.#joined ??= this.#join();
    await this.#joined;
    while (!this.#closed) {
      const { held, workerKnown } = await this.#claimOnce(types, limits);
      if (workerKnown) {
        const handedOut = await Promise.all(held.map((one) => this.#handOut(one)));
        return handedOut.filter((job) => job !== undefined);
      }
    }
    throw closedMeanwhile();
  }

  /** Somebody of this process has written a job that may be held. */
  notice(job: Job): void {
    this.#membership.notice(job);
  }

  /** A job that may be held was settled by hand. */
  noticeSettled(held: HeldJob, next: Job): void {
    this.#membership.learn(held, next);
  }

  async close(): Promise<void> {
    this.#closed = true;
    const isClaiming = this.#claims.size > 0;
    for (const claim of this.#claims) claim.reject(closedMeanwhile());
    if (this.#joined === undefined) return;
    await this.#caretaker.stop();
    // Nobody can settle these any more.
    for (const held of this.#membership.held) this.#giveBack(held);
    await atMost(this.#options.clock, FLUSH_MS, this.#flush(isClaiming));
    this.#settlements.giveUp();
    this.#notebook.close();
    await this.#membership.leave();
  }

  async #join(): Promise<void> {
    await this.#membership.join();
    if (!this.#closed) this.#caretaker.start();
  }

  async #flush(isClaiming: boolean): Promise<void> {
    // A commit after the one that may still claim: by its answer, what that has started was given back too.
    if (isClaiming) await this.#options.group.submit({ replace: [], add: [] }).catch(() => {});
    await this.#settlements.idle();
  }

  #giveBack(held: HeldJob): void {
    this.#settlements.add({ held, next: release(held.record) });
  }

  async #claimOnce(types: readonly string[] | undefined, limits: ClaimLimits): Promise<Claimed> {
    const { group } = this.#options;
    const claimed = Promise.withResolvers<Claimed>();
    let asked: WorkerId | undefined;
    const claimant: Claimant = {
      request: () => {
        // Once: what a second claim started would reach nobody.
        if (asked !== undefined || this.#closed) return undefined;
        asked = this.#membership.worker;
        return asked === undefined ? undefined : { ...limits, worker: asked, types };
      },
      // It asks in any case.
      notice: () => {},
      deliver: ({ claimed: jobs, workerKnown }) => {
        const held = jobs.map((job) => this.#hold(job));
        claimed.resolve({ held, workerKnown });
      },
      refuse: (error) => claimed.reject(error),
    };
    group.admit(claimant);
    group.wake();
    this.#claims.add(claimed);
    try {
      const given = await claimed.promise;
      if (!given.workerKnown && asked !== undefined) await this.#membership.rejoin(asked);
      return given;
    } finally {
      this.#claims.delete(claimed);
      group.remove(claimant);
    }
  }

  #hold(job: RunningJob): HeldJob {
    const held = new HeldJob(job, this.#notebook);
    this.#membership.hold(held);
    // Who claimed it was told that the queue is closed.
    if (this.#closed) this.#giveBack(held);
    return held;
  }

  /** The job for who claimed it; none where its payload does not fit, and then it ends dead. */
  async #handOut(held: HeldJob): Promise<AnyClaimedJob<JobDefinitions> | undefined> {
    const { record } = held;
    const definition = definitionOf(this.#options.definitions, record.type);
    try {
      return claimedJob(held, await readPayload(record, definition), this.#options.clock);
    } catch (thrown) {
      await this.#bury(held, thrown, definition);
      return undefined;
    }
  }

  /** At once if the store can; if not, those who claim do not wait for it. */
  async #bury(
    held: HeldJob,
    thrown: unknown,
    definition: JobDefinition | undefined,
  ): Promise<void> {
    const { group, clock, onError } = this.#options;
    const { next } = misfit(held.record, thrown, definition, clock.now());
    try {
      await group.submit({ replace: [next], add: [] });
      this.#membership.letGo(held);
    } catch (error) {
      onError(error);
      this.#settlements.add({ held, next });
    }
  }
}

function closedMeanwhile(): QueueClosed {
  return new QueueClosed(
    "the queue was closed before the store took the claim; make a new one to go on",
  );
}
