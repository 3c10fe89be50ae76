import type { Clock } from "@turno/core";

interface Listening {
  /** When it has all that was sent to it so far. */
  caughtUpAt: number;
  readonly enter: (code: () => void) => void;
  onmessage: ((event: MessageEvent) => void) | null;
}

interface Delays {
  readonly clock: Clock;
  /** How long the next message is on its way. */
  readonly nextMs: () => number;
}

/** The BroadcastChannels of one origin. */
export class SimulatedChannels {
  readonly #delays: Delays | undefined;
  readonly #byName = new Map<string, Set<Listening>>();

  /** Without delays a message is there in the same turn. */
  constructor(delays?: Delays) {
    this.#delays = delays;
  }

  /** Opens a channel for one tab; `signal` ends the tab. */
  open(name: string, enter: (code: () => void) => void, signal: AbortSignal): BroadcastChannel {
    const all = this.#byName.get(name) ?? new Set();
    this.#byName.set(name, all);
    const listening: Listening = { enter, onmessage: null, caughtUpAt: 0 };
    all.add(listening);
    const close = () => void all.delete(listening);
    const deliver = (to: Listening, data: unknown) =>
      this.#send(to, () => {
        if (all.has(to)) to.enter(() => to.onmessage?.({ data } as MessageEvent));
      });
    signal.addEventListener("abort", close);
    return Object.assign(listening, {
      close,
      postMessage(message: unknown) {
        if (signal.aborted) return;
        for (const other of all) if (other !== listening) deliver(other, structuredClone(message));
      },
    }) as unknown as BroadcastChannel;
  }

  #send(to: Listening, arrive: () => void): void {
    if (this.#delays === undefined) return queueMicrotask(arrive);
    const { clock, nextMs } = this.#delays;
    const now = clock.monotonic();
    // What was sent first arrives first.
    to.caughtUpAt = Math.max(now + nextMs(), to.caughtUpAt);
    clock.setTimeout(arrive, to.caughtUpAt - now);
  }
}
