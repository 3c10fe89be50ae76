import { deadLeader } from "../dead-leader.ts";
import { enqueueTimes } from "../enqueue-times.ts";
import { handOver } from "../hand-over.ts";
import type { Setting } from "../harness/setting.ts";
import { hiddenTab } from "../hidden-tab.ts";
import { hungLeader } from "../hung-leader.ts";
import { killsOfTheBrowser } from "../kills-of-the-browser.ts";
import { largeQueue } from "../large-queue.ts";
import { spreadOf } from "../spread.ts";
import { takenUp } from "../taken-up.ts";

/** Each answers with the lines that it found. */
type Figure = (setting: Setting) => Promise<readonly string[]>;

export const FIGURES: Readonly<Record<string, Figure>> = {
  kills: async (setting) => {
    const lines: string[] = [];
    for (const [length, most] of [
      [0, 5_000],
      [50_000, 200],
    ] as const) {
      const between = () => Math.ceil((0.05 + 0.95 * Math.random()) * most);
      const verdict = await killsOfTheBrowser(setting, { kills: 20, between, length });
      const { acknowledged, stored, lost, invented } = verdict;
      lines.push(
        `20 kills of the whole browser, jobs of ${length + 50} bytes: ${acknowledged} acknowledged, ${stored} stored, ` +
          `${lost.length} lost, ${invented.length} invented`,
      );
    }
    return lines;
  },

  "dead-leader": async (setting) => {
    const lines: string[] = [];
    for (let round = 0; round < 5; round++) {
      const { completed, doing, unsettled, again, withoutCause } = await deadLeader(setting, {
        jobs: 1_000,
      });
      lines.push(
        `1,000 jobs, 3 tabs, the leader's killed: ${completed} completed; it was doing ${doing} and had done ` +
          `${unsettled} unacknowledged; ${again.length} ran twice, ${withoutCause.length} of them without cause`,
      );
    }
    return lines;
  },

  "taken-up": async (setting) => {
    const lines: string[] = [];
    for (const role of ["leader", "other"] as const) {
      const times = await takenUp(setting, { rounds: 15, role });
      const who = role === "leader" ? "the tab that leads" : "another tab";
      lines.push(`jobs that ${who} was doing when it was killed begin elsewhere: ${spread(times)}`);
    }
    return lines;
  },

  "hand-over": async (setting) => {
    const lines: string[] = [];
    for (const end of ["close", "crash"] as const) {
      const times = await handOver(setting, { jobs: 10_000, rounds: 20, end });
      lines.push(`10,000 jobs, the leader's tab ends by ${end}: ${spread(times)}`);
    }
    const times = await handOver(setting, { jobs: 100_000, rounds: 15, end: "crash" });
    return [...lines, `100,000 jobs, by crash: ${spread(times)}`];
  },

  enqueue: async (setting) => {
    const times = await enqueueTimes(setting, { count: 1_000, rounds: 10, jobs: 10_000 });
    const { leaderMs, otherMs, leaderPerSecond, otherPerSecond } = times;
    return [
      `durable, one by one, from the leader's tab: ${spread(leaderMs)}`,
      `durable, one by one, from another tab: ${spread(otherMs)}`,
      `2,000 together, from the leader's tab: ${spread(leaderPerSecond, "a second")}`,
      `2,000 together, from another tab: ${spread(otherPerSecond, "a second")}`,
    ];
  },

  "large-queue": async (setting) => {
    const found = await largeQueue(setting, { jobs: 100_000, openings: 15 });
    const { steps, logged, openingUncompactedMs, longTasksWhileOpening } = found;
    return [
      ...steps.map(
        ({ name, ms, longTasks, workerMs }) =>
          `${name}: ${round(ms)} ms; tasks over 50 ms on the main thread: ${listed(longTasks)}; the worker stood still ` +
          `for ${round(workerMs)} ms at the most`,
      ),
      `opening right after the 100,000 were enqueued (${logged} groups beside the snapshot): ` +
        `${round(openingUncompactedMs)} ms; tasks over 50 ms: ${listed(longTasksWhileOpening)}`,
      `opening from the snapshot: ${spread(found.openingMs)}`,
      `opening while another tab leads: ${round(found.openingAsSecondMs)} ms`,
    ];
  },

  "hung-leader": async (setting) => {
    const lines: string[] = [];
    // A page may be frozen in the midst of a function: the more often it is, the likelier in the midst of a write.
    for (const [how, rounds] of [
      ["hangs", 5],
      ["is frozen", 20],
    ] as const) {
      const accounts = [];
      for (let round = 0; round < rounds; round++)
        accounts.push(await hungLeader(setting, { how }));
      const refused = accounts.reduce((sum, account) => sum + account.refused, 0);
      const faults = accounts.flatMap(({ lost, invented }) => [...lost, ...invented]);
      lines.push(
        `the leader ${how}, another's call is answered after: ${spread(accounts.map(({ answeredMs }) => answeredMs))}; ` +
          `${refused} late writes refused, ${faults.length} jobs lost or done twice`,
      );
    }
    return lines;
  },

  "hidden-tab": async (setting) => {
    const lateness = await hiddenTab(setting, { delayMs: 1_000, jobs: 30 });
    return [
      `delayed jobs in a hidden tab whose timers stand still begin late by: ${spread(lateness)}`,
    ];
  },
};

function spread(samples: readonly number[], unit = "ms"): string {
  const { count, min, p50, p95, max } = spreadOf(samples);
  const rest = `${round(min)} to ${round(max)}, p95 ${round(p95)}; ${count} times`;
  return `p50 ${round(p50)} ${unit} (${rest})`;
}

function round(value: number): string {
  return value < 20 ? value.toFixed(1) : Math.round(value).toLocaleString("en");
}

function listed(values: readonly number[]): string {
  return values.length === 0 ? "none" : values.map(round).join(", ");
}
