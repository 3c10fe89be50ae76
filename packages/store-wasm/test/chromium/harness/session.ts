import type { Protocol, ProtocolEvent } from "./protocol.ts";

interface Evaluated {
  readonly result: { readonly value?: unknown };
  readonly exceptionDetails?: {
    readonly text: string;
    readonly exception?: { readonly description?: string };
  };
}

/** A page or a worker that the harness talks to. */
export class Session {
  readonly #protocol: Protocol;
  readonly #id: string;

  constructor(protocol: Protocol, id: string) {
    this.#protocol = protocol;
    this.#id = id;
  }

  send<T = unknown>(method: string, params: object = {}): Promise<T> {
    return this.#protocol.send<T>(method, params, this.#id);
  }

  listen(listener: (event: ProtocolEvent) => void): Disposable {
    return this.#protocol.listen((event) => {
      if (event.sessionId === this.#id) listener(event);
    });
  }

  /** Whatever was asked of it rejects. */
  forget(reason: string): void {
    this.#protocol.forget(this.#id, reason);
  }

  /** Runs the function there: it sees nothing of what is around it here, and its arguments and its result are JSON. */
  async run<A extends readonly unknown[], R>(
    work: (...args: A) => R,
    ...args: A
  ): Promise<Awaited<R>> {
    const given = args.map((arg) => JSON.stringify(arg)).join(", ");
    const { result, exceptionDetails } = await this.send<Evaluated>("Runtime.evaluate", {
      expression: `(${work.toString()})(${given})`,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails !== undefined) {
      const { exception, text } = exceptionDetails;
      throw new Error(exception?.description ?? text);
    }
    return result.value as Awaited<R>;
  }
}
