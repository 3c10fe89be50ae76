import { readdirSync, readFileSync } from "node:fs";

/** What /proc counts CPU in; the same on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

interface Process {
  readonly pid: number;
  readonly parent: number;
  /** Nobody has waited for it yet. */
  readonly hasEnded: boolean;
  /** Its own, and that of its children which have ended and were waited for. */
  readonly cpuSeconds: number;
}

/** CPU seconds used so far by a process and by all that it has started, living and ended; NaN where there is no /proc. */
export function treeCpuSeconds(root: number): number {
  return sum(treeOf(root).map(({ cpuSeconds }) => cpuSeconds));
}

/** What a process and its living descendants hold now, shared memory counted once; NaN where there is no /proc. */
export function treeMemoryBytes(root: number): number {
  return sum(treeOf(root).map(({ pid }) => memoryBytes(pid)));
}

/** The processes that a process has started, and those that these have, as far as they still live. */
export function livingBelow(root: number): readonly number[] {
  return treeOf(root)
    .filter(({ pid, hasEnded }) => pid !== root && !hasEnded)
    .map(({ pid }) => pid);
}

function treeOf(root: number): Process[] {
  const all = allProcesses();
  const tree = all.filter(({ pid }) => pid === root);
  // Those which are found are looked through too.
  for (const { pid } of tree) tree.push(...all.filter(({ parent }) => parent === pid));
  return tree;
}

function allProcesses(): Process[] {
  let names: string[];
  try {
    names = readdirSync("/proc");
  } catch {
    return [];
  }
  return names.filter((name) => /^\d+$/.test(name)).flatMap((pid) => processOf(Number(pid)) ?? []);
}

function processOf(pid: number): Process | undefined {
  const stat = read(pid, "stat");
  if (stat === undefined) return undefined;
  // The name comes before, in brackets, and may have any character in it: utime to cstime are the 14th to the 17th field.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = sum(fields.slice(11, 15).map(Number));
  const hasEnded = fields[0] === "Z" || fields[0] === "X";
  return { pid, parent: Number(fields[1]), hasEnded, cpuSeconds: ticks / TICKS_PER_SECOND };
}

function memoryBytes(pid: number): number {
  const proportional = /^Pss:\s+(\d+) kB/m.exec(read(pid, "smaps_rollup") ?? "");
  return Number(proportional?.[1] ?? 0) * 1_024;
}

/** Undefined where the process has ended since. */
function read(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return undefined;
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.length === 0 ? Number.NaN : numbers.reduce((total, number) => total + number, 0);
}
