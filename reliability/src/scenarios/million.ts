import { join } from "node:path";
import { judge, type Violation } from "@turno/testkit";
import { type Limits, readSamples, sizesText, staysSmall } from "../checks/samples.ts";
import { figure } from "../figure.ts";
import type { OwnProcess } from "../harness/own-process.ts";
import type { Site } from "../harness/site.ts";
import { until } from "../harness/until.ts";
import { readHistories } from "../history/read-histories.ts";
import { type Counted, SAMPLES } from "../processes/options.ts";
import type { Context, Outcome, Scenario } from "../scenario.ts";

interface Size {
  readonly jobs: number;
  /** So many pass before memory is looked at. */
  readonly warmUp: number;
  readonly backlog: number;
  readonly pruneEveryMs: number;
  readonly limits: Limits;
}

const MB = 1024 * 1024;

const SIZES: Readonly<Record<"short" | "long", Size>> = {
  // So short that one moment in which much is under way, or in which nobody prunes, weighs heavily.
  short: {
    jobs: 60_000,
    warmUp: 20_000,
    backlog: 2_000,
    pruneEveryMs: 100,
    limits: { growthBytes: 5 * MB, fileGrowth: Infinity, fileBytes: 8 * MB },
  },
  long: {
    jobs: 1_000_000,
    warmUp: 200_000,
    backlog: 10_000,
    pruneEveryMs: 1_000,
    limits: { growthBytes: MB, fileGrowth: 1.2, fileBytes: 100 * MB },
  },
};

const SAMPLE_COUNT = 20;

/** All of it must be over by then. */
const LIMIT_MS = 900_000;

const STOP_MS = 15_000;

/** One worker does job after job, while what is finished is deleted. */
export const million: Scenario = {
  name: "million",
  promise: "neither a worker's memory nor the database grows with the number of jobs done",
  run: async ({ size, site }: Context): Promise<Outcome> => {
    const { jobs, warmUp, backlog, pruneEveryMs, limits } = SIZES[size];
    const told = { jobs, sampleEvery: jobs / SAMPLE_COUNT };
    const workers = site.crew("counter", 1, told, { nodeOptions: ["--expose-gc"] });
    const pruners = site.crew("pruner", 1, { everyMs: pruneEveryMs });
    const [name = ""] = workers.members.map((member) => member.name);
    await Promise.all([workers.ready(), pruners.ready()]);
    const startedAt = performance.now();
    const feeders = site.crew("feeder", 1, { jobs, backlog });
    const isOver = () => feeders.members.length === 0 && site.observer.unfinished === 0;
    await until(isOver, LIMIT_MS);
    const seconds = (performance.now() - startedAt) / 1_000;
    const late: OwnProcess[] = [];
    for (const crew of [feeders, workers, pruners]) late.push(...(await crew.end(STOP_MS)));
    const { samples, counted } = readSamples(join(site.folder, name + SAMPLES));
    const violations = [
      ...judge({ events: readHistories(site.folder), jobs: [], terms: {} }),
      ...late.map(({ name: one }) => ({
        promise: "processes stop when they are asked to",
        what: one,
      })),
      ...isAllDone({ jobs, counted, site }),
      ...staysSmall(samples, { warmUp, limits }),
    ];
    const perSecond = figure(Math.round(jobs / seconds));
    return { account: `${perSecond} jobs/s; ${sizesText(samples, warmUp)}`, violations };
  },
};

function* isAllDone({
  jobs,
  counted,
  site,
}: {
  readonly jobs: number;
  readonly counted: Counted | undefined;
  readonly site: Site;
}): Generator<Violation> {
  const promise = "every job is run once";
  const { newest, unfinished } = site.observer;
  if (newest !== jobs) yield { promise, what: `${newest} jobs were stored instead of ${jobs}` };
  if (unfinished > 0) yield { promise, what: `${unfinished} jobs were not finished in the end` };
  if (counted?.completed !== jobs || counted.once !== jobs)
    yield {
      promise,
      what: `of ${jobs} jobs the worker completed ${counted?.completed}, and ran ${counted?.once} just once`,
    };
}
