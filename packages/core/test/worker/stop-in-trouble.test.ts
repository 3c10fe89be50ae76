import { StoreBusy, StoreFull, type Write } from "@turno/core";
import { describe, expect, it } from "vitest";
import { after } from "../after.ts";
import type { Method } from "../around.ts";
import { fresh } from "../fresh.ts";
import { turns } from "../turns.ts";

/** A store in trouble while `trouble` gives an error for the method. */
function troubled(between: (method: Method, write: Write) => Error | undefined = () => undefined) {
  let trouble = between;
  const setting = fresh({
    between: (method, call, write) => {
      const error = trouble(method, write);
      if (error !== undefined) throw error;
      return call();
    },
  });
  return { ...setting, be: (next: typeof between) => (trouble = next) };
}

function done(promise: Promise<unknown>) {
  const seen = { yes: false };
  void promise.then(() => (seen.yes = true));
  return seen;
}

describe("a worker that is stopped", () => {
  it.each([
    ["full", new StoreFull("no room")],
    ["busy", new StoreBusy("locked")],
  ])(
    "while it joins a store that is %s gives up within seconds, and is no member afterwards",
    async (_, error) => {
      const { queue, clock, memory, be } = troubled((method) =>
        method === "join" ? error : undefined,
      );
      const worker = queue.work({ a: () => {} });
      worker.on("error", () => {});
      await clock.advance(2_300);
      const stopped = done(worker.stop());
      await clock.advance(5_000);
      expect(stopped.yes).toBe(true);
      be(() => undefined);
      await clock.advance(60_000);
      expect(memory.workers()).toEqual([]);
      expect(clock.timers).toBe(0);
    },
  );

  it("while its first join is answered late leaves again", async () => {
    let answer: (() => void) | undefined;
    const { queue, clock, memory } = fresh({
      between: async (method, call) => {
        const given = call();
        if (method === "join") await new Promise<void>((resolve) => (answer = resolve));
        return given;
      },
    });
    const worker = queue.work({ a: () => {} });
    await turns();
    void worker.stop();
    await clock.advance(500);
    answer?.();
    await clock.advance(5_000);
    expect(memory.workers()).toEqual([]);
    expect(clock.timers).toBe(0);
  });

  it("waits for results that are just being stored, though its last handler has ended", async () => {
    let answer: (() => void) | undefined;
    const { queue, clock, memory } = fresh({
      between: async (method, call, write?: Write) => {
        const given = call();
        if (method === "commit" && write?.replace?.length === 1)
          await new Promise<void>((resolve) => (answer = resolve));
        return given;
      },
    });
    await queue.enqueue("a");
    const { id } = await queue.enqueue("b");
    const told: string[] = [];
    const aborted = ({ signal }: { readonly signal: AbortSignal }) =>
      new Promise((resolve) => signal.addEventListener("abort", resolve));
    const worker = queue.work({ a: () => after(clock, 100), b: aborted }, { leaseMs: 3_000 });
    for (const name of ["completed", "lost", "stopped"] as const)
      worker.on(name, () => told.push(name));
    await clock.advance(10);
    void worker.stop();
    await clock.advance(200);
    // Learnt at the next beat, and then there is nothing more to settle.
    await fresh({ memory, clock }).queue.cancel(id);
    await clock.advance(1_000);
    answer?.();
    await clock.advance(5_000);
    expect(told).toEqual(["lost", "completed", "stopped"]);
  });

  it("stores its last results when the store is well again in time", async () => {
    const { queue, clock, memory, be } = troubled();
    await queue.enqueue("a");
    const worker = queue.work({ a: () => after(clock, 100) });
    worker.on("error", () => {});
    await clock.advance(50);
    be((method) => (method === "commit" ? new StoreFull("no room") : undefined));
    const stopped = done(worker.stop());
    await clock.advance(600);
    expect(stopped.yes).toBe(false);
    be(() => undefined);
    await clock.advance(1_000);
    expect(stopped.yes).toBe(true);
    expect(memory.counts().completed).toBe(1);
    expect(clock.timers).toBe(0);
  });

  it("stops though the store stays full, says so, and leaves nothing ticking", async () => {
    const { queue, clock, be } = troubled();
    await queue.enqueue("a");
    const worker = queue.work({ a: () => after(clock, 100) });
    const errors: string[] = [];
    worker.on("error", ({ error }) => errors.push(String(error)));
    await clock.advance(50);
    be((method) => (method === "close" ? undefined : new StoreFull("no room")));
    const stopped = done(worker.stop());
    await clock.advance(5_000);
    expect(stopped.yes).toBe(true);
    expect(errors).toContainEqual(expect.stringContaining("those jobs run again"));
    const soFar = errors.length;
    await clock.advance(60_000);
    expect(errors.length).toBe(soFar);
    expect(clock.timers).toBe(0);
  });

  it("waits for a claim that is under way, and sends back what it brings", async () => {
    const gates: (() => void)[] = [];
    let slow = false;
    const { queue, clock, memory } = fresh({
      between: async (method, call) => {
        const given = call();
        if (method === "commit" && slow) await new Promise<void>((resolve) => gates.push(resolve));
        return given;
      },
    });
    let started = 0;
    const worker = queue.work({ a: () => started++ });
    await clock.advance(10);
    slow = true;
    void queue.enqueue("a");
    await turns();
    expect(memory.counts().running).toBe(1);
    const stopped = done(worker.stop());
    await turns();
    expect(stopped.yes).toBe(false);
    slow = false;
    gates.forEach((open) => open());
    await clock.advance(10);
    expect(stopped.yes).toBe(true);
    expect(started).toBe(0);
    expect(memory.counts()).toMatchObject({ running: 0, pending: 1 });
    expect(memory.get([1])[0]).toMatchObject({ attempt: 0 });
    expect(memory.workers()).toEqual([]);
    expect(clock.timers).toBe(0);
  });

  it("leaves the store before it says that it has stopped, so that no job of its is orphaned late", async () => {
    const calls: string[] = [];
    const { queue, clock } = fresh({
      between: async (method, call) => {
        calls.push(method);
        await turns(2);
        return call();
      },
    });
    await queue.enqueue("a");
    const worker = queue.work({ a: () => after(clock, 100) });
    await clock.advance(50);
    const stopped = worker.stop();
    await clock.advance(200);
    await stopped;
    expect(calls.at(-1)).toBe("leave");
  });
});
