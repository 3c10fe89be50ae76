// As much of Cloudflare's types as the pages use: the whole of them would stand in the way of Node's.

interface State {
  readonly storage: {
    readonly sql: { exec(query: string, ...parameters: unknown[]): { toArray(): unknown[] } };
    transactionSync<T>(work: () => T): T;
    sync(): Promise<void>;
    getAlarm(): Promise<number | null>;
    setAlarm(at: number): Promise<void>;
  };
}

export abstract class DurableObject {
  protected readonly ctx: State;

  constructor(ctx: State) {
    this.ctx = ctx;
  }

  alarm?(): Promise<void>;
}

declare global {
  type DurableObjectState = State;
}
