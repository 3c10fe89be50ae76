import type { Readable, Writable } from "node:stream";

/** Something that happened in the browser; of which page or worker, says the session. */
export interface ProtocolEvent {
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly sessionId?: string;
}

interface Reply {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

interface Asked {
  readonly method: string;
  readonly sessionId: string | undefined;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** The DevTools protocol, over the pipes of `--remote-debugging-pipe`: without Playwright's flags, which change the browser. */
export class Protocol {
  readonly #out: Writable;
  readonly #asked = new Map<number, Asked>();
  readonly #listeners = new Set<(event: ProtocolEvent) => void>();
  #last = 0;
  #end: Error | undefined;

  constructor(out: Writable, incoming: Readable) {
    this.#out = out;
    // A browser that is killed leaves half a message, and a pipe that nobody reads.
    out.on("error", () => this.#finish());
    incoming.on("error", () => this.#finish());
    incoming.on("close", () => this.#finish());
    let text = "";
    incoming.setEncoding("utf8").on("data", (chunk: string) => {
      const messages = (text + chunk).split("\0");
      text = messages.pop() ?? "";
      for (const message of messages) this.#hear(JSON.parse(message) as Reply | ProtocolEvent);
    });
  }

  send<T = unknown>(method: string, params: object = {}, sessionId?: string): Promise<T> {
    if (this.#end !== undefined) return Promise.reject(this.#end);
    const id = ++this.#last;
    return new Promise<T>((resolve, reject) => {
      this.#asked.set(id, { method, sessionId, resolve: resolve as Asked["resolve"], reject });
      this.#out.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    });
  }

  listen(listener: (event: ProtocolEvent) => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  /** Nothing of that session will be answered any more. */
  forget(sessionId: string, reason: string): void {
    for (const [id, asked] of this.#asked) {
      if (asked.sessionId !== sessionId) continue;
      this.#asked.delete(id);
      asked.reject(new Error(`${asked.method}: ${reason}`));
    }
  }

  #hear(message: Reply | ProtocolEvent): void {
    if (!("id" in message)) {
      for (const listener of Array.from(this.#listeners)) listener(message);
      return;
    }
    const asked = this.#asked.get(message.id);
    this.#asked.delete(message.id);
    if (message.error === undefined) asked?.resolve(message.result);
    else asked?.reject(new Error(`${asked.method}: ${message.error.message}`));
  }

  #finish(): void {
    this.#end ??= new Error("the browser has ended");
    for (const { reject } of this.#asked.values()) reject(this.#end);
    this.#asked.clear();
  }
}
