import fc from "fast-check";
import { attempt } from "./attempt.ts";
import { hostileTree, hostileValue, Sprung } from "./hostile-value.ts";
import { assertKept } from "./payloads.ts";
import type { HostileProperties } from "./properties.ts";
import { oneOf, type Recipe } from "./recipe.ts";
import { same, Scene, type Seen } from "./scene.ts";
import { turns } from "../turns.ts";
import { assertFailed, hostileThrown } from "./settling.ts";

type Job = Parameters<Parameters<Scene["typed"]["work"]>[0]["kept"] & object>[0];

/** What a handler does to its job, and what it gives. */
type Deed = (job: Job, scene: Scene) => unknown;

const deeds: Readonly<Record<string, () => Deed>> = {
  "completes thrice at once":
    () =>
    (job, { typed }) =>
      Promise.allSettled([typed.complete(job, 1), typed.complete(job, 2), typed.complete(job, 3)]),
  "completes, and throws":
    () =>
    async (job, { typed }) => {
      await typed.complete(job, 1);
      throw new Sprung("late");
    },
  "completes and fails at once":
    () =>
    (job, { typed }) =>
      Promise.allSettled([typed.complete(job, 1), typed.fail(job, new Sprung("x"))]),
  "cancels itself":
    () =>
    (job, { typed }) =>
      typed.cancel(job.id),
  "settles without waiting":
    () =>
    (job, { typed }) => {
      typed.release(job).catch(() => {});
      typed.complete(job, 1).catch(() => {});
    },
  "empties its job": () => (job) => {
    for (const key of Reflect.ownKeys(job)) Reflect.deleteProperty(job, key);
  },
  "writes over its job": () => (job) => {
    // oxlint-disable-next-line unicorn/no-thenable -- That is the point.
    for (const key of Reflect.ownKeys(job)) Reflect.set(job, key, { then: 1 });
  },
  "takes its job's prototype away": () => (job) => {
    Object.setPrototypeOf(job, null);
  },
  "freezes its job": () => (job) => {
    Object.freeze(job);
  },
  "settles a copy of its job":
    () =>
    (job, { typedAny }) =>
      typedAny["complete"]?.({ ...job }, 1).catch(() => {}),
  "settles a proxy of its job":
    () =>
    (job, { typedAny }) =>
      typedAny["complete"]?.(new Proxy(job, {}), 1).catch(() => {}),
  "settles what inherits from its job":
    () =>
    (job, { typedAny }) =>
      typedAny["complete"]?.(Object.create(job), 1).catch(() => {}),
  "lets its signal tell of an abortion": () => (job) => {
    job.signal.dispatchEvent(new Event("abort"));
  },
  "gives a promise with a then of its own": () => () =>
    Object.assign(Promise.resolve(1), {
      // oxlint-disable-next-line unicorn/no-thenable -- That is the point.
      then: (done: (value: unknown) => void, fail: (error: unknown) => void) => {
        done(1);
        done(2);
        fail(new Sprung("x"));
      },
    }),
  "gives a promise that hides what it is": () => () =>
    Object.defineProperty(Promise.resolve(1), "constructor", {
      get: () => {
        throw new Sprung("x");
      },
    }),
  "gives itself as a promise": () => () => {
    const self: Promise<unknown> = Promise.resolve().then(() => self);
    return self;
  },
  "logs a million characters, and a thousand lines": () => (job) => {
    job.log("\0\ud800x".repeat(300_000));
    for (let line = 0; line < 1_000; line++) job.log(`${line}`);
  },
  "tells of its progress for ever after": () => (job) => {
    for (let at = 0; at < 1_000; at++) job.progress(at);
    queueMicrotask(() => job.progress("late"));
  },
};

/** Handlers that give, throw and do what no handler should. */
export const handlers: HostileProperties = {
  "whatever a handler returns is refused as a result, or read back": (subject) =>
    works(
      subject,
      hostileTree,
      (input) => () => input.make(),
      async (job, input) => {
        if (isThenable(input.make())) return;
        if (job.state === "completed") return assertKept(job.result, input.make);
        assertFailed(job);
        same("how it ended", job.state, "dead");
      },
    ),

  "whatever a handler throws fails its attempt, or is its word": (subject) =>
    works(
      subject,
      hostileThrown,
      (input) => () => {
        throw input.make();
      },
      async (job) => assertThrown(job),
    ),

  "whatever a handler rejects with fails its attempt, or is its word": (subject) =>
    works(
      subject,
      hostileThrown,
      (input) => async () => {
        throw input.make();
      },
      async (job) => assertThrown(job),
    ),

  "whatever a handler does to its job, the job ends": (subject) =>
    works(
      subject,
      oneOf(deeds),
      (input) => (job, scene) => input.make()(job, scene),
      async (job) => {
        if (!["completed", "dead", "cancelled", "pending"].includes(job.state))
          throw new Error(JSON.stringify(job));
      },
    ),

  "progress is refused, or read back": (subject) =>
    works(
      subject,
      hostileTree,
      (input) => async (job) => {
        const end = await attempt(input.make, (value) => job.progress(value));
        return "given" in end;
      },
      async (job, input) => {
        if (job.result === true) assertKept(job.progress, input.make);
        else same("progress", job.progress, undefined);
      },
    ),

  "a line of the log is refused, or read back": (subject) =>
    works(
      subject,
      hostileValue,
      (input) => async (job) => {
        const end = await attempt(input.make, (line) => job.log(line as string));
        return "given" in end;
      },
      async (job, input) => {
        const line = input.make();
        same("whether it is there", job.log.length, job.result === true ? 1 : 0);
        if (typeof line === "string" && line.length < 300)
          same("the line", job.log[0]?.line, line.toWellFormed());
      },
    ),

  "listeners that throw, or reject, are told of to those of errors": (subject) =>
    Scene.holds(
      { ...subject, runs: Math.ceil((subject.runs ?? 100) / 4) },
      fc.tuple(hostileThrown, fc.boolean()),
      async (scene, [input, isAsync]) => {
        const worker = scene.typed.work({ kept: () => 1 });
        const throws = isAsync
          ? async () => {
              throw input.make();
            }
          : () => {
              throw input.make();
            };
        const told = new Promise((resolve) => void worker.on("error", resolve));
        // oxlint-disable-next-line typescript/no-misused-promises -- That is the point.
        worker.on("completed", throws);
        const { id } = await scene.typed.enqueue("kept", 1);
        await scene.typed.result(id);
        await told;
        await worker.stop();
      },
    ),
};

/** Runs a job for each input by a real worker, and looks at what became of it. */
async function works<I extends Recipe>(
  subject: Parameters<HostileProperties[string]>[0],
  inputs: fc.Arbitrary<I>,
  toDeed: (input: I) => Deed,
  assert: (job: Seen, input: I) => Promise<void>,
): Promise<void> {
  let deed: Deed = () => 1;
  let begun: Scene | undefined;
  let ended = Promise.withResolvers<void>();
  const start = (scene: Scene) => {
    const started = scene.typed.work(
      { kept: (job: Job) => (job.payload === "good" ? "good" : deed(job, scene)) } as never,
      { abortMs: 0 },
    );
    for (const name of ["completed", "dead", "failed", "snoozed", "released", "lost"] as const)
      started.on(name, () => ended.resolve());
    started.on("error", () => {});
    scene.hasWorker = true;
    return scene;
  };
  await Scene.holds(
    { ...subject, runs: Math.ceil((subject.runs ?? 100) / 2) },
    inputs,
    async (scene, input) => {
      begun ??= start(scene);
      deed = toDeed(input);
      ended = Promise.withResolvers<void>();
      const { id } = await scene.typed.enqueue("kept", "bad", { maxAttempts: 1, timeoutMs: 500 });
      await Promise.race([
        ended.promise,
        new Promise((_, reject) =>
          setTimeout(() => reject(new Error("the job never ended")), 10_000),
        ),
      ]);
      deed = () => "another run";
      let job = await scene.seen(id);
      // What was put back runs once more.
      while (job.state === "running") {
        await turns(1);
        job = await scene.seen(id);
      }
      await assert(job, input);
      await scene.typed.cancel(id);
    },
  );
}

/** A job that was put off for a moment has run once more. */
function assertThrown(job: Seen): void {
  if (job.state === "completed") same("what the second run gave", job.result, "another run");
  else assertFailed(job);
}

/** Whether it is waited for, as whatever a handler returns is. */
function isThenable(value: unknown): boolean {
  try {
    return typeof Reflect.get(Object(value) as object, "then") === "function";
  } catch {
    return true;
  }
}
