import { copyFileSync, mkdirSync, renameSync, rmSync, truncateSync } from "node:fs";
import { dirname, join } from "node:path";
import { StoreCorrupt, StoreReplaced } from "@turno/core";
import { openSqliteStore } from "@turno/store-node";
import { describe, expect, it } from "vitest";
import { oneJob } from "./a-job.ts";
import { temporaryFile } from "./temporary-file.ts";

describe("a file that is no longer the one that was opened", () => {
  const ways: Readonly<Record<string, (path: string) => void>> = {
    deleted: (path) => rmSync(path),
    "moved away": (path) => renameSync(path, `${path}.old`),
    "replaced by a copy": (path) => {
      copyFileSync(path, `${path}.copy`);
      renameSync(`${path}.copy`, path);
    },
    "gone with its directory": (path) => rmSync(dirname(path), { recursive: true }),
  };

  it.each(Object.keys(ways))("acknowledges nothing more where it was %s", async (way) => {
    const directory = join(dirname(temporaryFile()), "queue");
    mkdirSync(directory);
    const path = join(directory, "queue.db");
    const store = openSqliteStore(path);
    store.commit(oneJob());
    ways[way]?.(path);
    expect(() => store.commit(oneJob())).toThrow(StoreReplaced);
    await expect(store.counts()).rejects.toThrow(StoreReplaced);
    expect(() => store.pause()).toThrow(
      /queue\.db is no longer the file that was opened: .*; open the store anew/,
    );
  });

  it("is not taken back when it is put back", async () => {
    const path = temporaryFile();
    const store = openSqliteStore(path);
    renameSync(path, `${path}.old`);
    expect(() => store.pause({ type: "a", paused: true })).toThrow(StoreReplaced);
    renameSync(`${path}.old`, path);
    await expect(store.counts()).rejects.toThrow(StoreReplaced);
  });

  it("is noticed by the heart", async () => {
    const path = temporaryFile();
    const store = openSqliteStore(path);
    const worker = await store.join({ leaseMs: 30_000 });
    const { promise, resolve } = Promise.withResolvers<unknown>();
    store.heart?.(worker, { everyMs: 5, onReply: () => {}, onError: resolve });
    rmSync(path);
    expect(await promise).toBeInstanceOf(StoreReplaced);
    await expect(store.counts()).rejects.toThrow(StoreReplaced);
    await store.close();
  });

  it("is damaged where it was emptied", () => {
    const path = temporaryFile();
    const store = openSqliteStore(path);
    store.commit(oneJob());
    truncateSync(path);
    expect(() => store.commit(oneJob())).toThrow(StoreCorrupt);
  });
});
