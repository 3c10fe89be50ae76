import { join } from "node:path";
import { freshFolder } from "./fresh-folder.ts";
import type { News } from "./news.ts";
import { OwnProcess } from "./own-process.ts";
import type { Entry } from "./peer.ts";
import type { Round } from "./results.ts";
import type { ServerPool } from "./server-pool.ts";
import type { Server } from "./servers/server.ts";
import type { PartResult } from "./outcome.ts";
import type { Test } from "./test.ts";

/** What a process may take longer than its test's budget: it is then killed. */
const GRACE_S = 180;

/** Runs one round of a test with a peer, on fresh storage and in processes of its own. Rejects with what went wrong. */
export async function runRound(
  test: Test,
  entry: Entry,
  { n, servers }: { readonly n: number; readonly servers: ServerPool },
): Promise<Omit<Round, "round" | "place">> {
  const server = entry.server && (await servers.get(entry.server));
  const folder = freshFolder();
  const storage = server === undefined ? join(folder.path, "queue.db") : await server.fresh();
  const meter = server && new ServerMeter(server);
  const processes: OwnProcess[] = [];
  const start = (part: string) => {
    const options = { test: test.alias, part, peer: entry.name, storage, n };
    const limitMs = ((test.budgetS ?? 120) * 4 + GRACE_S) * 1_000;
    const started = new OwnProcess(options, limitMs, (news) => meter?.heed(news));
    processes.push(started);
    return started;
  };
  try {
    const conduct = test.conduct ?? (() => start("main").result);
    const { figures, jobs, trouble } = await conduct({
      entry,
      n,
      storage,
      start,
      serverCpuSeconds: () => meter?.seconds,
    });
    const parts = await Promise.all(processes.map(({ result }) => result));
    return {
      figures,
      jobs,
      ...trouble,
      ...costOf(parts),
      serverCpuSeconds: meter?.seconds,
      serverBytes: server?.memoryBytes(),
      wallSeconds: parts.reduce((sum, { wallSeconds }) => sum + wallSeconds, 0),
    };
  } finally {
    for (const one of processes) one.kill();
    folder.remove();
  }
}

function costOf(parts: readonly PartResult[]) {
  return {
    cpuSeconds: parts.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
    peakBytes: Math.max(...parts.map(({ peakBytes }) => peakBytes)),
    durability: parts[0]?.durability ?? "?",
    beatMs: parts.find(({ beatMs }) => beatMs !== undefined)?.beatMs,
  };
}

/** Adds up what a server uses while any process of a round measures. */
class ServerMeter {
  seconds = 0;
  readonly #server: Server;
  #measuring = 0;
  #before = 0;

  constructor(server: Server) {
    this.#server = server;
  }

  heed({ kind }: News): void {
    if (kind === "begin" && this.#measuring++ === 0) this.#before = this.#server.cpuSeconds();
    if (kind === "end" && --this.#measuring === 0)
      this.seconds += this.#server.cpuSeconds() - this.#before;
  }
}
