import { type ChildProcess, fork } from "node:child_process";
import type { News } from "./report.ts";

const programs = new URL("processes/", import.meta.url);

/** A program of `processes/` that runs in a process of its own; what it logs is dropped, its errors are shown. */
export class OwnProcess<T> {
  /** Resolves when the program says that it is ready. Rejects as `result` does. */
  readonly ready: Promise<void>;
  /** What the program measured. Rejects with what it threw, or when it took more than `limitMs`. */
  readonly result: Promise<T>;
  readonly #child: ChildProcess;

  constructor(program: string, options: object, limitMs = 300_000) {
    const ready = Promise.withResolvers<void>();
    const result = Promise.withResolvers<T>();
    const child = fork(new URL(program, programs), [JSON.stringify(options)], {
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    const limit = setTimeout(() => {
      fail(`it took more than ${limitMs / 1_000} s`);
      child.kill("SIGKILL");
    }, limitMs);
    const fail = (reason: string) => {
      ready.reject(new Error(reason));
      result.reject(new Error(reason));
    };
    child.on("message", (news: News<T>) => {
      if (news.kind === "ready") ready.resolve();
      else if (news.kind === "error") fail(news.message);
      else result.resolve(news.result);
    });
    child.on("exit", (code, signal) => {
      clearTimeout(limit);
      fail(`its process ended with ${code ?? signal}`);
    });
    ready.promise.catch(() => {});
    result.promise.catch(() => {});
    this.#child = child;
    this.ready = ready.promise;
    this.result = result.promise;
  }

  /** Tells the program that no more will come. */
  end(): void {
    // It may just have ended.
    this.#child.send("end", () => {});
  }
}
