import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { median, thousands } from "./figures.ts";

/** Turno beside bare statements, round by round in turns; prints medians, spreads and the ratio. */
const rounds = Number(process.argv[2] ?? 5);
const n = Number(process.argv[3] ?? 100_000);
const round = fileURLToPath(new URL("round.ts", import.meta.url));

for (const durability of ["normal", "full"]) {
  for (const test of ["enqueue, 100 awaiting", "drain"]) {
    const speeds = { raw: [] as number[], turno: [] as number[] };
    for (let i = 0; i < rounds; i++) {
      speeds.raw.push(run("raw", durability, test));
      speeds.turno.push(run("turno", durability, test));
    }
    const ratios = speeds.turno.map((speed, i) => speed / (speeds.raw[i] ?? Number.NaN));
    console.log(
      `${test}, ${durability.toUpperCase()}: Turno ${thousands(speeds.turno)}, raw ${thousands(speeds.raw)}, ratio ${median(ratios).toFixed(2)}`,
    );
  }
}

function run(contestant: string, durability: string, test: string): number {
  const command = [...process.execArgv, round, contestant, durability, test, String(n)];
  return Number(execFileSync(process.execPath, command, { encoding: "utf8" }));
}
