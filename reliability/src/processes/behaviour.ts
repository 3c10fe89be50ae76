/** What a handler does in an attempt, as the job's payload tells it. */
export interface Behaviour {
  /** First it waits so long, and heeds its signal. */
  readonly ms?: number;
  /** Then it holds up its event loop for so long. */
  readonly blockMs?: number;
  /** Then it ends so. Default: `return`. */
  readonly ends?: Ending;
  /** In attempts after this one it returns instead. Default: it always ends so. */
  readonly upTo?: number;
  /** It goes on when its signal is aborted. */
  readonly heedless?: boolean;
}

/**
 * How a handler ends. `snooze` puts the job off once for 50 ms, `hang` never returns. The others take the process with
 * them: `kill` by SIGKILL, `exit` by `process.exit(3)`, `exhaust` by all the memory it may have.
 */
type Ending = "return" | "throw" | "fatal" | "snooze" | "hang" | "kill" | "exit" | "exhaust";

/** The payload of every job here. */
export interface Payload {
  /** The producer's name and a number of its own: no other job has it. */
  readonly n: string;
  readonly does: Behaviour;
}
