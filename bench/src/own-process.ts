import { type ChildProcess, fork } from "node:child_process";
import type { News, PartOptions } from "./news.ts";
import type { PartResult } from "./outcome.ts";

const program = new URL("processes/part.ts", import.meta.url);

/** How much of what a process says of its errors is kept. */
const WORDS = 2_000;

/** A part of a round in a process of its own; what it logs is dropped. */
export class OwnProcess {
  /** Resolves when the part says that it is prepared. Rejects as `result` does. */
  readonly ready: Promise<void>;
  /** What the part measured. Rejects with what it threw, or when it took more than `limitMs`. */
  readonly result: Promise<PartResult>;
  /** How many jobs it has told of as stored. */
  stored = 0;
  readonly #child: ChildProcess;

  constructor(options: PartOptions, limitMs: number, onNews: (news: News) => void) {
    const ready = Promise.withResolvers<void>();
    const result = Promise.withResolvers<PartResult>();
    const child = fork(program, [JSON.stringify(options)], {
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    let words = "";
    child.stderr?.on("data", (data) => {
      if (words.length < WORDS) words += String(data);
    });
    const fail = (reason: string) => {
      ready.reject(new Error(reason));
      result.reject(new Error(reason));
    };
    const limit = setTimeout(() => {
      fail(`took more than ${limitMs / 1_000} s`);
      child.kill("SIGKILL");
    }, limitMs);
    child.on("message", (news: News) => {
      onNews(news);
      if (news.kind === "ready") ready.resolve();
      else if (news.kind === "stored") this.stored = news.stored;
      else if (news.kind === "error") fail(news.message);
      else if (news.kind === "result") result.resolve(news.result);
    });
    child.on("close", (code, signal) => {
      clearTimeout(limit);
      fail(`its process ended with ${code ?? signal}: ${words.trim().slice(0, 300)}`);
    });
    ready.promise.catch(() => {});
    result.promise.catch(() => {});
    this.#child = child;
    this.ready = ready.promise;
    this.result = result.promise;
  }

  say(word: "start" | "end"): void {
    // It may just have ended.
    this.#child.send(word, () => {});
  }

  /** Ends it whatever it does. */
  kill(): void {
    this.#child.kill("SIGKILL");
  }
}
