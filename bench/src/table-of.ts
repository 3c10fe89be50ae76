import { median, spread } from "./figures.ts";
import { type PeerResults, type TestResults, cpuPer100k } from "./results.ts";
import { numberAs, shownAs } from "./shown-as.ts";
import { troubleOf } from "./trouble-of.ts";

/** The rows of a test's table, its heading first. A row of two cells says why a peer has no figures. */
export function tableOf({ columns, peers, test }: TestResults): readonly (readonly string[])[] {
  const isTimed = !["D", "D2", "S", "X"].includes(test);
  const row = (results: PeerResults) => {
    const { peer, rounds, unfit, failures } = results;
    if (unfit !== undefined) return [peer, `does not take part: ${unfit}`];
    if (rounds.length === 0) return [peer, `failed: ${failures[0] ?? "no round was run"}`];
    const cells = columns.map(({ key, unit }) => {
      const figures = rounds.flatMap(({ figures }) => figures[key] ?? []);
      return figures.length === 0
        ? "–"
        : spread(
            figures,
            (figure) => shownAs(figure, unit),
            (figure) => numberAs(figure, unit),
          );
    });
    const cpu = isTimed ? [`${median(rounds.map(cpuPer100k)).toFixed(2)} s`] : [];
    return [peer, ...cells, ...cpu, peak(results), troubleOf(results), rounds[0]?.durability ?? ""];
  };
  const cpu = isTimed ? ["CPU per 100k"] : [];
  return [
    [
      "",
      ...columns.map(({ title }) => title),
      ...cpu,
      "peak memory",
      "trouble",
      "durability in force",
    ],
    ...peers.map(row),
  ];
}

function peak({ rounds }: PeerResults): string {
  const own = shownAs(Math.max(...rounds.map(({ peakBytes }) => peakBytes)) / 2 ** 20, "MB");
  const server = Math.max(...rounds.map(({ serverBytes = 0 }) => serverBytes));
  return server === 0 ? own : `${own} + ${shownAs(server / 2 ** 20, "MB")}`;
}
