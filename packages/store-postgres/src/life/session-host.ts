import { type NewClient, Session } from "./session.ts";
import {
  plainError,
  type SessionData,
  type SessionNews,
  type SessionOrder,
} from "./session-messages.ts";

/** With so much news unheard the main thread counts as not answering. */
const UNHEARD = 2;

/** Beats that could not be made are made again after so long. */
const TROUBLE_MS = 500;

interface Beating {
  readonly everyMs: number;
  /** By `process.hrtime`; 0 is never. */
  readonly silentAt: BigInt64Array;
  timer: NodeJS.Timeout;
  unheard: number;
}

/** Keeps the beats of a store's workers going over one session; carries out what the store orders. */
export class SessionHost {
  readonly #session: Session;
  readonly #tell: (news: SessionNews) => void;
  readonly #beating = new Map<number, Beating>();

  constructor(data: SessionData, newClient: NewClient, tell: (news: SessionNews) => void) {
    this.#tell = tell;
    this.#session = new Session(data, newClient, tell);
  }

  async obey(order: SessionOrder): Promise<void> {
    if (order.kind === "beat") this.#begin(order);
    if (order.kind === "rest") this.#rest(order.worker);
    if (order.kind === "heard") this.#hear(order.worker);
    if (order.kind !== "end") return;
    for (const worker of this.#beating.keys()) this.#rest(worker);
    await this.#session.end();
  }

  #begin({ worker, everyMs, silentAt }: Extract<SessionOrder, { kind: "beat" }>): void {
    this.#rest(worker);
    const timer = setTimeout(() => void this.#beat(worker), everyMs);
    this.#beating.set(worker, { everyMs, silentAt, timer, unheard: 0 });
  }

  #rest(worker: number): void {
    clearTimeout(this.#beating.get(worker)?.timer);
    this.#beating.delete(worker);
  }

  #hear(worker: number): void {
    const beating = this.#beating.get(worker);
    if (beating !== undefined) beating.unheard = 0;
  }

  async #beat(worker: number): Promise<void> {
    const beating = this.#beating.get(worker);
    if (beating === undefined) return;
    let nextMs = beating.everyMs;
    if (isGivenUp(beating)) {
      await this.#session.letGo();
    } else {
      beating.unheard++;
      try {
        await this.#session.beat(worker);
      } catch (error) {
        this.#tell({ kind: "trouble", worker, error: plainError(error) });
        nextMs = Math.min(nextMs, TROUBLE_MS);
      }
    }
    if (this.#beating.get(worker) === beating)
      beating.timer = setTimeout(() => void this.#beat(worker), nextMs);
  }
}

/** Whether a handler is too late while the main thread answers nothing. */
function isGivenUp({ silentAt, unheard }: Beating): boolean {
  const at = Atomics.load(silentAt, 0);
  return at !== 0n && process.hrtime.bigint() >= at && unheard >= UNHEARD;
}
