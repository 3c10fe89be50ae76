import type { Evidence, Terms, Violation } from "@turno/testkit";
import { judge } from "@turno/testkit";
import type { OwnProcess } from "./own-process.ts";
import { readHistories } from "../history/read-histories.ts";
import type { Observed } from "./observed.ts";
import type { Site } from "./site.ts";
import { until } from "./until.ts";

/** A crew, or several. */
interface Ending {
  readonly unexpected: readonly OwnProcess[];
  end(withinMs: number): Promise<readonly OwnProcess[]>;
}

interface CloseDownOptions {
  readonly producers: Ending;
  readonly workers: Ending;
  readonly terms: Terms;
  /** Who looks into the store. Default: the site's own. */
  readonly observer?: Observed;
  /** How long the workers may take for what is left. */
  readonly withinMs: number;
}

export interface Closed {
  readonly evidence: Evidence;
  readonly violations: readonly Violation[];
}

/** How long a process may take to stop when there is nothing left to do. */
const STOP_MS = 15_000;

/** Ends the producers, lets the workers do what is left, ends them too, and judges what has happened. */
export async function closeDown(
  site: Site,
  { producers, workers, terms, observer = site.observer, withinMs }: CloseDownOptions,
): Promise<Closed> {
  const late = [...(await producers.end(STOP_MS))];
  await until(async () => (await observer.unfinished) === 0, withinMs);
  late.push(...(await workers.end(STOP_MS)));
  const [jobs, rows, damage] = [
    await observer.jobs(),
    await observer.rows(),
    await observer.damage(),
  ];
  const evidence = { events: readHistories(site.folder), jobs, rows, terms };
  const violations = [
    ...judge(evidence),
    ...endedAlone([...producers.unexpected, ...workers.unexpected], evidence),
    ...late.map(({ name }) => ({
      promise: "processes stop when they are asked to",
      what: `${name} was killed, since it had not stopped within ${STOP_MS} ms`,
    })),
    ...(damage === undefined ? [] : [{ promise: "the file stays whole", what: damage }]),
  ];
  return { evidence, violations };
}

/** Of those that nobody had told to end: some did as a payload said, and had announced it. */
function endedAlone(processes: readonly OwnProcess[], { events }: Evidence): Violation[] {
  const announced = new Set(events.filter(({ kind }) => kind === "die").map((die) => die.process));
  return processes
    .filter(({ name }) => !announced.has(name))
    .map(({ name, exit }) => ({
      promise: "processes end only when they are ended",
      what: `${name} ended by itself, with ${exit?.signal ?? `exit code ${exit?.code}`}`,
    }));
}
