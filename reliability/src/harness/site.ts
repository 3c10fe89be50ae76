import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HistoryFile } from "../history/history-file.ts";
import type {
  ProcessOptions,
  ProducerOptions,
  Programs,
  WorkerOptions,
} from "../processes/options.ts";
import { Crew } from "./crew.ts";
import { Observer } from "./observer.ts";
import { OwnProcess, type OwnProcessOptions } from "./own-process.ts";

/** What a process is told beside what the site knows. */
export type Told<O> = Omit<O, keyof ProcessOptions> &
  Partial<Pick<ProcessOptions, "durability" | "fault" | "path" | "postgres" | "tellsGaps">>;

/** How it is run. */
export type Manner = Pick<OwnProcessOptions, "nodeOptions" | "env" | "uid" | "through">;

/** A temporary folder with a database, the processes that work on it, and what they write down. */
export class Site {
  readonly folder: string;
  /** The database. */
  readonly path: string;
  /** The harness's own. */
  readonly history: HistoryFile;
  readonly observer: Observer;
  readonly #processes: OwnProcess[] = [];
  readonly #random: () => number;

  constructor(
    random: () => number,
    folder = mkdtempSync(join(tmpdir(), "turno-reliability-")),
    path = join(folder, "queue.db"),
  ) {
    this.#random = random;
    this.folder = folder;
    this.path = path;
    this.history = new HistoryFile(this.folder, "harness");
    this.observer = new Observer(this.path, this.history);
  }

  producer(told: Told<ProducerOptions>, manner: Manner = {}): OwnProcess {
    return this.#start("producer", told, manner);
  }

  worker(told: Told<WorkerOptions>, manner: Manner = {}): OwnProcess {
    return this.#start("worker", told, manner);
  }

  producers(size: number, told: Told<ProducerOptions>, manner: Manner = {}): Crew {
    return new Crew(size, () => this.producer(told, manner));
  }

  workers(size: number, told: Told<WorkerOptions>, manner: Manner = {}): Crew {
    return new Crew(size, () => this.worker(told, manner));
  }

  /** Of any program. */
  crew<P extends keyof Programs>(
    program: P,
    size: number,
    told: Told<Programs[P]>,
    manner: Manner = {},
  ): Crew {
    return new Crew(size, () => this.#start(program, told, manner));
  }

  /** Ends whatever still lives. */
  async close(): Promise<void> {
    const living = this.#processes.filter(({ exit }) => exit === undefined);
    for (const one of living) one.kill();
    await Promise.all(living.map(({ exited }) => exited));
    this.observer.close();
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #start(program: keyof Programs, told: object, manner: Manner): OwnProcess {
    const { folder, path, history } = this;
    const name = `${program} ${this.#processes.length + 1}`;
    const seed = Math.floor(this.#random() * 2 ** 32);
    const options = { name, folder, path, seed, ...told };
    const started = new OwnProcess({ program, options, history, ...manner });
    this.#processes.push(started);
    return started;
  }
}
