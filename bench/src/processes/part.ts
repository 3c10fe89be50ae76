import type { News, PartOptions } from "../news.ts";
import type { Peer } from "../peer.ts";
import { PEERS } from "../peers/all.ts";
import type { PartResult } from "../outcome.ts";
import { peakBytes } from "../resident.ts";
import type { Scene } from "../test.ts";
import { TESTS } from "../tests/all.ts";

/** Runs a part of a round, and tells who started this process what came of it. */
const options: PartOptions = JSON.parse(process.argv[2] ?? "{}");

// Who started it has ended, or has heard the result.
process.once("disconnect", () => process.exit());
try {
  await tellLast({ kind: "result", result: await run(options) });
} catch (error) {
  await tellLast({
    kind: "error",
    message: error instanceof Error ? error.message : String(error),
  });
}
process.disconnect();

async function run({
  test: alias,
  part: name,
  peer,
  storage,
  n,
}: PartOptions): Promise<PartResult> {
  const test = TESTS.find((one) => one.alias === alias);
  const part = test?.parts[name];
  const entry = PEERS.find((one) => one.name === peer);
  if (test === undefined || part === undefined || entry === undefined)
    throw new Error(`there is no part ${name} of test ${alias} with peer ${peer}`);

  const startedAt = performance.now();
  let first: Peer | undefined;
  let cpuSeconds = 0;
  let begun = { at: 0, cpu: process.cpuUsage() };
  const scene: Scene = {
    n,
    async open(setup = test.setup) {
      const opened = await entry.open({ payloadBytes: 100, types: 1, ...setup, storage });
      first ??= opened;
      return opened;
    },
    begin() {
      tell({ kind: "begin" });
      begun = { at: performance.now(), cpu: process.cpuUsage() };
    },
    end() {
      const seconds = (performance.now() - begun.at) / 1_000;
      const { user, system } = process.cpuUsage(begun.cpu);
      cpuSeconds += (user + system) / 1e6;
      tell({ kind: "end" });
      return seconds;
    },
    ready: () => tell({ kind: "ready" }),
    tell: (stored) => tell({ kind: "stored", stored }),
    heard: (word) =>
      new Promise((resolve) => {
        process.on("message", (said) => {
          if (said === word) resolve();
        });
      }),
  };
  const outcome = await part(scene);
  return {
    ...outcome,
    durability: first?.durability ?? "?",
    beatMs: first?.beatMs,
    cpuSeconds,
    peakBytes: peakBytes(),
    wallSeconds: (performance.now() - startedAt) / 1_000,
  };
}

/** Resolves once it is sent: what is long would be cut off by the end of the process. */
function tellLast(news: News): Promise<void> {
  return new Promise((resolve) => {
    if (process.send?.(news, undefined, {}, () => resolve()) === undefined) resolve();
  });
}

function tell(news: News): void {
  process.send?.(news);
}
