import { readFileSync } from "node:fs";
import type { Violation } from "@turno/testkit";
import { figure } from "../figure.ts";
import type { Counted, Sample } from "../processes/options.ts";
import { slopeOf } from "./slope.ts";

export interface Limits {
  /** For each 100,000 jobs. */
  readonly growthBytes: number;
  /** The database in the end, as a multiple of its size when half of the jobs were done. */
  readonly fileGrowth: number;
  /** The database in the end. Each job takes about 230 bytes. */
  readonly fileBytes: number;
}

const MB = 1024 * 1024;

/** What a `counter` wrote down. */
export interface Samples {
  readonly samples: readonly Sample[];
  /** Undefined where the worker did not come to its end. */
  readonly counted: Counted | undefined;
}

export function readSamples(file: string): Samples {
  const lines = readFileSync(file, "utf8").trim().split("\n");
  const read = lines.map((line) => JSON.parse(line) as Sample | Counted);
  const samples = read.filter((each) => "memory" in each);
  return { samples, counted: read.find((each) => "once" in each) };
}

/** Neither memory nor the database has grown. */
export function* staysSmall(
  samples: readonly Sample[],
  { warmUp, limits }: { readonly warmUp: number; readonly limits: Limits },
): Generator<Violation> {
  const growth = growthOf(samples, warmUp);
  // Without samples it is no number.
  if (!(growth < limits.growthBytes))
    yield {
      promise: "a worker's memory does not grow",
      what: `it grew by ${inMb(growth)} MB for each 100,000 jobs: ${samples.map(({ memory }) => inMb(memory)).join(", ")}`,
    };
  const ratio = fileGrowthOf(samples);
  const bytes = samples.at(-1)?.file ?? Infinity;
  if (!(ratio <= limits.fileGrowth) || bytes > limits.fileBytes)
    yield {
      promise: "a database that is pruned does not grow",
      what: `it was ${ratio.toFixed(2)} times as large as half-way: ${samples.map(({ file }) => inMb(file)).join(", ")} MB`,
    };
}

/** In bytes, for each 100,000 jobs. */
function growthOf(samples: readonly Sample[], warmUp: number): number {
  const points = samples
    .filter(({ completed }) => completed >= warmUp)
    .map(({ completed, memory }) => ({ x: completed / 100_000, y: memory }));
  return slopeOf(points);
}

function fileGrowthOf(samples: readonly Sample[]): number {
  const half = samples[Math.floor(samples.length / 2) - 1]?.file ?? Number.NaN;
  return (samples.at(-1)?.file ?? Number.NaN) / half;
}

/** What there is to say of size. */
export function sizesText(samples: readonly Sample[], warmUp: number): string {
  const last = samples.at(-1);
  return (
    `${figure(last?.completed ?? 0, "job")} through one worker: ${inMb(last?.memory)} MB in the end, ` +
    `${inMb(growthOf(samples, warmUp))} MB more for each 100,000, ${inMb(last?.rss)} MB resident; ` +
    `the database ${inMb(last?.file)} MB, ${fileGrowthOf(samples).toFixed(2)} times half-way's`
  );
}

function inMb(bytes: number | undefined): string {
  return ((bytes ?? 0) / MB).toFixed(2);
}
