import { describe, expect, it, vi } from "vitest";
import { loadWasm } from "../../src/loading/load-wasm.ts";
import { startSqlJs } from "../../src/loading/start-sql-js.ts";
import { withLocation } from "../../src/loading/with-location.ts";

const EMPTY = new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));

// In this order: sql.js starts once in a process.
describe("startSqlJs", () => {
  it("refuses another wasm", async () => {
    await expect(startSqlJs(EMPTY)).rejects.toMatchObject({ code: "StoreUnsupported" });
  });

  it("fails where no instance can be made, and each call tries again", async () => {
    const module = await loadWasm();
    const instantiate = vi
      .spyOn(WebAssembly, "instantiate")
      .mockRejectedValue(new RangeError("no memory") as never);
    for (let time = 1; time <= 2; time++) {
      await expect(startSqlJs(module)).rejects.toMatchObject({
        code: "StoreFailed",
        message: expect.stringContaining("RangeError: no memory"),
      });
      expect(instantiate).toHaveBeenCalledTimes(time);
    }
    instantiate.mockRestore();
  });

  it("starts SQLite once for all, and leaves no trace", async () => {
    const before = Object.getOwnPropertyNames(globalThis);
    const module = await loadWasm();
    const [one, other] = await Promise.all([startSqlJs(module), startSqlJs(module)]);
    expect(other).toBe(one);
    expect(await startSqlJs(module)).toBe(one);
    expect(Object.getOwnPropertyNames(globalThis)).toEqual(before);
    const [result] = new one.Database().exec("SELECT sqlite_version(), sqrt(16)");
    expect(result?.values).toEqual([["3.54.1", 4]]);
  });
});

describe("withLocation", () => {
  it("gives a location to what looks like a worker and has none, and takes it away again", () => {
    const scope: { WorkerGlobalScope: object; location?: unknown } = { WorkerGlobalScope: {} };
    expect(withLocation(() => scope.location, scope)).toEqual({ href: "" });
    expect(scope).not.toHaveProperty("location");
    const fail = () => {
      throw new Error("later");
    };
    expect(() => withLocation(fail, scope)).toThrow("later");
    expect(scope).not.toHaveProperty("location");
  });

  it("leaves everybody else alone", () => {
    const worker = { WorkerGlobalScope: {}, location: { href: "https://shop.example/w.js" } };
    expect(withLocation(() => worker.location.href, worker)).toBe("https://shop.example/w.js");
    expect(withLocation(() => "location" in globalThis)).toBe(false);
  });
});
