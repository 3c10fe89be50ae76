import type { Job, NewJob } from "../job/job.ts";
import type { Note } from "../job/notes.ts";
import type { Clock } from "../time/clock.ts";
import type { Turn } from "../time/turn.ts";
import { LostWrites } from "./lost-writes.ts";
import { isPartial, type Patience } from "./patience.ts";
import type { Added, Awaitable, ClaimRequest, Committed, Replaced, Store, Write } from "./store.ts";
import { AnswerLost, StoreError } from "./store-error.ts";

/** What one caller wants written. */
export interface Changes {
  readonly note?: readonly Note[] | undefined;
  readonly replace: readonly Job[];
  readonly add: readonly NewJob[];
}

/** What became of it, in the same order. */
export interface Changed {
  readonly replaced: readonly Replaced[];
  readonly added: readonly Added[];
}

/** Takes part in commits with a claim of its own. */
export interface Claimant {
  /** What it can start now; undefined where it wants nothing, even of what `changes` makes ready. */
  request(changes: Changes): ClaimRequest | undefined;
  /** `changes` are written while another's claim goes with them: they may leave something for this one. */
  notice(changes: Changes): void;
  /** What its claim started. */
  deliver(committed: Committed, request: ClaimRequest): void;
  /** Its claim could not be carried out. */
  refuse(error: unknown): void;
}

interface Entry {
  readonly changes: Changes;
  readonly resolve: (changed: Changed) => void;
  readonly reject: (error: unknown) => void;
}

interface Claim {
  readonly claimant: Claimant;
  readonly request: ClaimRequest;
}

/** What is written at once. */
interface Group {
  readonly entries: readonly Entry[];
  /** Those of all entries. */
  readonly changes: Changes;
  readonly claim: Claim | undefined;
  readonly lane: Lane;
}

/** Where one commit is under way after the other. */
interface Lane {
  isBusy: boolean;
}

interface GroupCommitOptions {
  readonly store: Pick<Store, "commit" | "get" | "commitsAtOnce">;
  readonly clock: Clock;
  readonly turn: Turn;
  readonly patience: Patience;
  /** Told after each commit what was to be replaced, and what became of each. */
  readonly onReplaced: (jobs: readonly Job[], outcomes: readonly Replaced[]) => void;
}

const NO_CHANGES: Changes = { replace: [], add: [] };
const MAX_ROWS = 1_000;
const MAX_TEXT_LENGTH = 4 * 1024 * 1024;

/**
 * Gathers the writes of one queue: those that come in the same turn, or while a commit is under way, share the next
 * one, and a claimant's claim goes with it. A store that cannot commit tells exactly those who shared the commit.
 */
export class GroupCommit {
  readonly #store: Pick<Store, "commit">;
  readonly #clock: Clock;
  readonly #turn: Turn;
  readonly #patience: Patience;
  readonly #lost: LostWrites;
  readonly #claimants: Claimant[] = [];
  #entries: Entry[] = [];
  readonly #lane: Lane = { isBusy: false };
  /** For what is fenced and claims nothing, while a commit is under way in the other; none where the store takes one at a time. */
  readonly #side: Lane | undefined;
  /** Who waits for what is under way, and writes nothing. */
  #waiting: (() => void)[] = [];
  #scheduled = false;
  #claimWanted = false;
  readonly #onReplaced: GroupCommitOptions["onReplaced"];

  constructor({ store, clock, turn, patience, onReplaced }: GroupCommitOptions) {
    this.#store = store;
    this.#clock = clock;
    this.#turn = turn;
    this.#patience = patience;
    this.#lost = new LostWrites(store, patience);
    this.#side = (store.commitsAtOnce ?? 1) > 1 ? { isBusy: false } : undefined;
    this.#onReplaced = onReplaced;
  }

  /** Resolves once the changes are durable. */
  submit(changes: Changes): Promise<Changed> {
    return new Promise((resolve, reject) => {
      this.#entries.push({ changes, resolve, reject });
      this.#schedule();
    });
  }

  /** The outcome for a job of a submitted write; throws where nobody can know it, since the answer to it was lost. */
  sure(job: Job, outcome: Replaced | undefined): Replaced | undefined {
    if (!this.#lost.isDoubtful(job, outcome)) return outcome;
    throw new AnswerLost(
      `the store was out of reach when job ${job.id} was to be made ${job.state}, and the job has moved on since; look at it before you try again`,
    );
  }

  /** Lets `claimant` take part until it is removed. */
  admit(claimant: Claimant): void {
    this.#claimants.push(claimant);
  }

  remove(claimant: Claimant): void {
    const at = this.#claimants.indexOf(claimant);
    if (at >= 0) this.#claimants.splice(at, 1);
  }

  /** Some claimant wants to claim, with or without changes to write. */
  wake(): void {
    this.#claimWanted = true;
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled || (this.#lane.isBusy && this.#side?.isBusy !== false)) return;
    this.#scheduled = true;
    this.#turn.microtask(() => {
      this.#scheduled = false;
      if (!this.#lane.isBusy) this.#commitNext();
      else if (this.#side?.isBusy === false) this.#commitAside(this.#side);
    });
  }

  #commitNext(): void {
    const entries = this.#nextGroup();
    const changes = together(entries);
    this.#claimWanted = false;
    const claim = this.#nextClaim(changes);
    if (entries.length === 0 && claim === undefined) return;
    this.#begin({ entries, changes, claim, lane: this.#lane });
  }

  /** Writes what may overtake what is under way: each of its jobs is fenced by itself. */
  #commitAside(lane: Lane): void {
    const others = this.#entries.filter((entry) => !mayOvertake(entry));
    if (others.length === this.#entries.length) return;
    this.#entries = this.#entries.filter(mayOvertake);
    const entries = this.#nextGroup();
    this.#entries = [...others, ...this.#entries];
    const changes = together(entries);
    for (const claimant of this.#claimants) claimant.notice(changes);
    // The claim that would have gone with it is asked for when the other lane is free.
    this.#claimWanted = true;
    this.#begin({ entries, changes, claim: undefined, lane });
  }

  #begin(group: Group): void {
    group.lane.isBusy = true;
    const done = (committed: Committed) => this.#done(group, committed);
    const failed = (error: unknown) => this.#failed(group, error);
    let committed: Awaitable<Committed>;
    try {
      committed = this.#commit(group);
    } catch (error) {
      return failed(error);
    }
    if (committed instanceof Promise) committed.then(done, failed);
    else done(committed);
  }

  /** The same, where nothing was written yet and the calls under way are asynchronous. */
  #beginAgain(group: Group, failed = (error: unknown) => this.#failed(group, error)): void {
    const committed = (async () => this.#commit(group))();
    committed.then((answer) => this.#done(group, answer), failed);
  }

  #commit({ changes, claim }: Group): Awaitable<Committed> {
    return this.#patience.tryWhole(() => this.#send(changes, claim));
  }

  #send(changes: Changes, claim: Claim | undefined): Awaitable<Committed> {
    const write: Write = { ...changes, now: this.#clock.now(), claim: claim?.request };
    return this.#store.commit(write);
  }

  #done(group: Group, committed: Committed): void {
    const { claim, changes } = group;
    // What was claimed is delivered whatever comes of the rest.
    claim?.claimant.deliver(committed, claim.request);
    if (this.#lost.concerns(changes.replace, committed.replaced))
      return void this.#clear(group, committed);
    this.#tell(group, committed);
  }

  #tell({ entries, changes, lane }: Group, changed: Changed): void {
    this.#settle(entries, changed);
    this.#onReplaced(changes.replace, changed.replaced);
    this.#goOn(lane);
  }

  async #clear(group: Group, changed: Changed) {
    try {
      this.#tell(group, await this.#cleared(group.changes, changed));
    } catch (error) {
      this.#reject(group, error);
    }
  }

  /** What became of it, where an earlier answer was lost and may have been another one. */
  async #cleared({ replace }: Changes, changed: Changed): Promise<Changed> {
    if (!this.#lost.concerns(replace, changed.replaced)) return changed;
    try {
      return { ...changed, replaced: await this.#lost.clear(replace, changed.replaced) };
    } catch (cause) {
      const message =
        "the store had not answered, and cannot be asked now what it has done; look at the jobs before you try again";
      throw new AnswerLost(message, { cause });
    }
  }

  #failed(group: Group, error: unknown): void {
    const { claim, entries } = group;
    if (isPartial(error)) return this.#setApart(group);
    claim?.claimant.refuse(error);
    if (error instanceof AnswerLost) return void this.#sendAgain(group, error);
    const helpless = error instanceof StoreError && error.transient;
    if (claim === undefined || entries.length === 0 || helpless) return this.#reject(group, error);
    // It may have been the claim that failed, and that is nothing to those who only wanted to write.
    this.#beginAgain({ ...group, claim: undefined });
  }

  /**
   * Something of the group is in somebody's way, and perhaps for long: each is sent by itself, and nobody waits for the
   * others.
   */
  #setApart({ entries, claim, lane }: Group): void {
    for (const entry of entries) void this.#sendAlone(entry);
    if (claim === undefined) return this.#goOn(lane);
    this.#beginAgain({ entries: [], changes: NO_CHANGES, claim, lane }, (error) => {
      claim.claimant.refuse(error);
      this.#goOn(lane);
    });
  }

  async #sendAlone(entry: Entry): Promise<void> {
    const { changes, resolve, reject } = entry;
    try {
      const committed = await this.#patience.tryOnce(() => this.#send(changes, undefined));
      const { replaced, added } = await this.#cleared(changes, committed);
      resolve({ replaced, added });
      this.#onReplaced(changes.replace, replaced);
    } catch (error) {
      if (error instanceof AnswerLost && changes.add.length === 0) {
        this.#lost.add(changes.replace);
        this.#entries.push(entry);
        this.#schedule();
      } else reject(error);
    }
  }

  /** Sends what is fenced until the store answers, since that counts once; jobs would be added twice. */
  async #sendAgain({ entries, lane }: Group, lost: AnswerLost): Promise<void> {
    const isFenced = ({ changes }: Entry) => changes.add.length === 0;
    for (const entry of entries) if (!isFenced(entry)) entry.reject(lost);
    const fenced = entries.filter(isFenced);
    if (fenced.length === 0) return this.#goOn(lane);
    const changes = together(fenced);
    const group: Group = { entries: fenced, changes, claim: undefined, lane };
    this.#lost.add(changes.replace);
    try {
      this.#done(group, await this.#patience.try(() => this.#send(changes, undefined)));
    } catch (error) {
      if (isPartial(error)) return this.#setApart(group);
      // That it was refused now says nothing of the first time.
      this.#reject(group, lost);
    }
  }

  #reject({ entries, lane }: Group, error: unknown): void {
    for (const entry of entries) entry.reject(error);
    this.#goOn(lane);
  }

  #goOn(lane: Lane): void {
    lane.isBusy = false;
    if (lane === this.#side) for (const done of this.#waiting.splice(0)) done();
    if (this.#entries.length > 0 || this.#claimWanted) this.#schedule();
  }

  #settle(entries: readonly Entry[], { replaced, added }: Changed): void {
    let replace = 0;
    let add = 0;
    for (const { changes, resolve } of entries) {
      const changed = {
        replaced: replaced.slice(replace, (replace += changes.replace.length)),
        added: added.slice(add, (add += changes.add.length)),
      };
      const isWaiting = this.#side?.isBusy === true && isEmpty(changes);
      if (isWaiting) this.#waiting.push(() => resolve(changed));
      else resolve(changed);
    }
  }

  /** The entries of the next commit: as many as fit, but at least one. */
  #nextGroup(): readonly Entry[] {
    let rows = 0;
    let length = 0;
    let count = 0;
    for (const { changes } of this.#entries) {
      rows += (changes.note?.length ?? 0) + changes.replace.length + changes.add.length;
      length += textLength(changes);
      if (count > 0 && (rows > MAX_ROWS || length > MAX_TEXT_LENGTH)) break;
      count++;
    }
    if (count === this.#entries.length) {
      const all = this.#entries;
      this.#entries = [];
      return all;
    }
    return this.#entries.splice(0, count);
  }

  #nextClaim(changes: Changes): Claim | undefined {
    for (const claimant of this.#claimants) {
      const request = claimant.request(changes);
      if (request === undefined) continue;
      // Whoever has claimed goes to the end of the line, and the others are asked in the next commit.
      this.remove(claimant);
      for (const other of this.#claimants) other.notice(changes);
      this.admit(claimant);
      if (this.#claimants.length > 1) this.#claimWanted = true;
      return { claimant, request };
    }
    return undefined;
  }
}

/**
 * Whether it only replaces jobs: notes come before what settles their job, jobs are added in the order of the calls, and
 * who writes nothing waits for what is under way.
 */
function mayOvertake({ changes: { note = [], replace, add } }: Entry): boolean {
  return note.length === 0 && add.length === 0 && replace.length > 0;
}

function isEmpty({ note = [], replace, add }: Changes): boolean {
  return note.length + replace.length + add.length === 0;
}

function together(entries: readonly Entry[]): Changes {
  const [only] = entries;
  if (only !== undefined && entries.length === 1) return only.changes;
  return {
    note: entries.flatMap(({ changes }) => changes.note ?? []),
    replace: entries.flatMap(({ changes }) => changes.replace),
    add: entries.flatMap(({ changes }) => changes.add),
  };
}

function textLength({ note = [], replace, add }: Changes): number {
  let length = 0;
  for (const { progress = "" } of note) length += progress.length;
  for (const job of add) length += job.payload.length;
  for (const job of replace) if (job.state === "completed") length += job.result?.length ?? 0;
  return length;
}
