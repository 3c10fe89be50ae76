import { type FSWatcher, watch, writeFileSync } from "node:fs";
import { removeFile } from "../file/remove-file.ts";

interface ListeningOptions {
  readonly file: string;
  /** Creates the file's directory. */
  readonly prepare: () => void;
  readonly listener: () => void;
}

/** Watches a file of its own, and puts it back when somebody deletes it to see who is still there. */
export class Listening {
  readonly #options: ListeningOptions;
  #watcher: FSWatcher | undefined;
  #stopped = false;

  constructor(options: ListeningOptions) {
    this.#options = options;
    this.#start();
  }

  stop(): void {
    this.#stopped = true;
    this.#watcher?.close();
    removeFile(this.#options.file);
  }

  #start(again = true): void {
    const { file, prepare } = this.#options;
    try {
      prepare();
      writeFileSync(file, "");
      this.#watcher = watch(file, { persistent: false }, (event) => this.#hear(event));
      this.#watcher.on("error", () => {});
    } catch {
      // Somebody may have deleted the file between the two calls. Without hints there is still the slow poll.
      if (again) this.#start(false);
    }
  }

  #hear(event: string): void {
    if (this.#stopped) return;
    if (event === "rename") {
      this.#watcher?.close();
      this.#start();
    }
    // Also after it was deleted: somebody may have rung meanwhile.
    this.#options.listener();
  }
}
