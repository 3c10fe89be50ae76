interface Listening {
  readonly enter: (code: () => void) => void;
  onmessage: ((event: MessageEvent) => void) | null;
}

/** The BroadcastChannels of one origin. */
export class SimulatedChannels {
  readonly #byName = new Map<string, Set<Listening>>();

  /** Opens a channel for one tab; `signal` ends the tab. */
  open(name: string, enter: (code: () => void) => void, signal: AbortSignal): BroadcastChannel {
    const all = this.#byName.get(name) ?? new Set();
    this.#byName.set(name, all);
    const listening: Listening = { enter, onmessage: null };
    all.add(listening);
    const close = () => void all.delete(listening);
    signal.addEventListener("abort", close);
    return Object.assign(listening, {
      close,
      postMessage(message: unknown) {
        if (signal.aborted) return;
        for (const other of all) if (other !== listening) deliver(other, structuredClone(message));
      },
    }) as unknown as BroadcastChannel;

    function deliver(to: Listening, data: unknown): void {
      queueMicrotask(() => {
        if (all.has(to)) to.enter(() => to.onmessage?.({ data } as MessageEvent));
      });
    }
  }
}
