import { type Heart, type HeartOptions, StoreCorrupt, type WorkerId } from "@turno/core";
import { beatSql, refuseNewerSchema, type SignedWorker } from "@turno/store-sqlite";
import { type Driver, driverPath } from "../driver.ts";
import type { HeartData, HeartNews } from "./heart-messages.ts";
import { Hearts } from "./hearts.ts";
import { LockFolder } from "./lock-folder.ts";
import type { OpenedFile } from "../file/opened-file.ts";
import { createSidecar, sidecarOf } from "../file/sidecar.ts";
import { isDamage, storeErrorOf } from "../store-error-of.ts";

interface LifeSignsOptions {
  readonly driver: Driver;
  readonly file: OpenedFile;
  readonly table: string;
  /** The version of the tables that this program writes. */
  readonly schema: number;
}

/** By what the processes on one file see which workers live: beats from a thread, and locks that the kernel keeps. */
export class LifeSigns {
  readonly #options: LifeSignsOptions;
  readonly #locks: LockFolder;
  readonly #hearts: Hearts;
  readonly #signs = new Map<WorkerId, string>();

  constructor(options: LifeSignsOptions) {
    const { driver, file, table } = options;
    this.#options = options;
    this.#locks = new LockFolder(driver, sidecarOf(file.path), table);
    this.#hearts = new Hearts({ data: () => this.#data(), errorOf: (news) => this.#errorOf(news) });
  }

  /** Adds a worker whose lock is held before anybody can know of it. */
  async join(add: (sign: string) => WorkerId): Promise<WorkerId> {
    const sign = this.#locks.newSign();
    createSidecar(this.#options.file.path);
    await this.#hearts.hold(sign);
    try {
      const worker = add(sign);
      this.#signs.set(worker, sign);
      return worker;
    } catch (error) {
      this.#hearts.remove(sign);
      throw error;
    }
  }

  beat(worker: WorkerId, options: HeartOptions): Heart {
    const sign = this.#signs.get(worker);
    if (sign === undefined) throw new TypeError(`worker ${worker} did not join by this store`);
    return this.#hearts.beat(sign, worker, options);
  }

  /** Tells this store's workers that something is amiss with it. */
  tell(error: unknown): void {
    this.#hearts.tell(error);
  }

  /** The worker was forgotten. */
  leave(worker: WorkerId): void {
    const sign = this.#signs.get(worker);
    this.#signs.delete(worker);
    if (sign !== undefined) this.#hearts.remove(sign);
  }

  /** Whether the worker's process is known to have ended. */
  isGone(sign: string): boolean {
    return !this.#hearts.owns(sign) && this.#locks.isGone(sign);
  }

  /** Deletes the locks of workers that are known no more; `workers` are those that are. */
  sweep(workers: readonly SignedWorker[]): void {
    const known = [...workers.map(({ sign }) => sign ?? ""), ...this.#signs.values()];
    this.#locks.sweep(new Set(known));
  }

  close(): Promise<void> {
    return this.#hearts.close();
  }

  #data(): HeartData {
    const { file, table, schema } = this.#options;
    return {
      ...file.kept,
      driverPath: driverPath(),
      folder: sidecarOf(file.path),
      sql: beatSql(table),
      schema,
    };
  }

  #errorOf(news: Exclude<HeartNews, { readonly kind: "held" | "reply" }>): unknown {
    const { file, table } = this.#options;
    if (news.kind === "newer") return schemaError(news.schema, table, file.path);
    if (!("error" in news)) return file.lose(news.kind);
    const { code, message } = news.error;
    const error = storeErrorOf(Object.assign(new Error(message), { code }), file.path);
    // The store's own connection may remember what the file no longer holds.
    if (isDamage(error)) file.spoil(error);
    return error;
  }
}

function schemaError(schema: number, table: string, path: string): unknown {
  try {
    refuseNewerSchema(schema, table, path);
    return new StoreCorrupt(
      `${path} has other tables than when it was opened; open the store anew`,
    );
  } catch (error) {
    return error;
  }
}
