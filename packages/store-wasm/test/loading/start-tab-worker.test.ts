import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { startTabWorker } from "../../src/loading/start-tab-worker.ts";

/** A worker that says what the test lets it say. */
class FakeWorker extends EventTarget {
  static made: FakeWorker[] = [];
  readonly url: URL | undefined;
  ended = false;

  constructor(url?: URL) {
    super();
    this.url = url;
    FakeWorker.made.push(this);
  }

  postMessage(): void {}

  terminate(): void {
    this.ended = true;
  }

  say(data: unknown): void {
    this.dispatchEvent(new MessageEvent("message", { data }));
  }

  fail(words: object = {}): boolean {
    return this.dispatchEvent(Object.assign(new Event("error", { cancelable: true }), words));
  }
}

const given = (worker: unknown) => startTabWorker(() => worker as Worker);

beforeEach(() => {
  FakeWorker.made = [];
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("a given worker", () => {
  it("has started when it says so, whatever it said before", async () => {
    const worker = new FakeWorker();
    const started = given(worker);
    for (const data of [undefined, null, "hello", { kind: "other" }, { kind: "here" }]) {
      worker.say(data);
    }
    expect(await started).toBe(worker);
    expect(worker.ended).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("that says nothing is given up, and ended", async () => {
    const worker = new FakeWorker();
    const started = given(worker);
    const failed = expect(started).rejects.toMatchObject({
      code: "StoreUnsupported",
      message: expect.stringMatching(/it was silent for 15 s.*runs @turno\/store-wasm\/worker/),
    });
    await vi.advanceTimersByTimeAsync(15_000);
    await failed;
    expect(worker.ended).toBe(true);
  });

  it("that fails is ended, and nobody else is told", async () => {
    const worker = new FakeWorker();
    const started = given(worker);
    const unheard = worker.fail({ message: "no such thing", filename: "w.js", lineno: 3 });
    expect(unheard).toBe(false);
    await expect(started).rejects.toThrow(/does not start \(no such thing \(w\.js:3\)\)/);
    expect(worker.ended).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it.for<[string, unknown, RegExp]>([
    ["nothing", undefined, /must give a Worker, but gave \[object Undefined\]/],
    ["a promise", Promise.resolve(), /must give a Worker, but gave \[object Promise\]/],
    ["a SharedWorker", { port: {} }, /must give a Worker, but gave \[object Object\]/],
  ])("must not be %s", async ([, worker, words]) => {
    await expect(given(worker)).rejects.toThrow(TypeError);
    await expect(given(worker)).rejects.toThrow(words);
  });

  it("comes from a function", async () => {
    const worker = new FakeWorker() as unknown as () => Worker;
    await expect(startTabWorker(worker)).rejects.toThrow(
      "worker must be a function that gives a Worker, but is object",
    );
  });

  it("that cannot be made is told with its reason", async () => {
    const cause = new Error("another origin");
    const fail = () => {
      throw cause;
    };
    await expect(startTabWorker(fail)).rejects.toMatchObject({
      code: "StoreUnsupported",
      message: expect.stringContaining("another origin"),
      cause,
    });
  });
});

describe("without a given worker", () => {
  it("the one of this package is started", async () => {
    vi.stubGlobal("Worker", FakeWorker);
    const started = startTabWorker();
    const [worker] = FakeWorker.made;
    worker?.say({ kind: "here" });
    expect(await started).toBe(worker);
    expect(worker?.url?.href).toMatch(/\/src\/tab-worker\.ts$/);
  });

  it("the error names both ways that were tried, and no worker is left", async () => {
    vi.stubGlobal("Worker", FakeWorker);
    const started = startTabWorker();
    FakeWorker.made[0]?.fail();
    await expect(started).rejects.toMatchObject({
      code: "StoreUnsupported",
      message: expect.stringMatching(
        /neither from its file \(its script was not found.*nor from a copy.*only in what was built/,
      ),
    });
    expect(FakeWorker.made.map(({ ended }) => ended)).toEqual([true]);
  });

  it("the error says where there are no workers", async () => {
    await expect(startTabWorker()).rejects.toThrow(
      'there are no workers here; choose persistence: "memory"',
    );
  });
});
