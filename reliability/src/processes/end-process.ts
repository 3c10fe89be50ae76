/** Ends this process in one of three ways. */
export function endProcess(how: "kill" | "exit" | "exhaust"): never {
  if (how === "exit") process.exit(3);
  if (how === "exhaust") exhaust();
  for (;;) process.kill(process.pid, "SIGKILL");
}

function exhaust(): never {
  const kept: number[][] = [];
  for (;;) kept.push(Array.from({ length: 100_000 }, Math.random));
}
