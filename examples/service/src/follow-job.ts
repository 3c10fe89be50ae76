import type { JobId, Queue } from "@turno/core";
import type { Context } from "hono";
import { streamSSE } from "hono/streaming";
import type { Jobs } from "./jobs.ts";

const LOOK_EVERY_MS = 200;

/** Tells by server-sent events how a job goes: `progress` whenever there is news, and at the end the state's name. */
export function followJob(context: Context, queue: Queue<Jobs>, id: JobId<"invoice">): Response {
  return streamSSE(context, async (stream) => {
    let told = "";
    while (!stream.aborted) {
      const job = await queue.get(id);
      const news = JSON.stringify({ state: job?.state ?? "gone", progress: job?.progress });
      if (news !== told) await stream.writeSSE({ event: "progress", data: news });
      told = news;
      if (job === undefined) return;
      if ("finishedAt" in job) {
        const data = JSON.stringify("result" in job ? job.result : job.failures.at(-1)?.message);
        await stream.writeSSE({ event: job.state, data: data ?? "null" });
        return;
      }
      await stream.sleep(LOOK_EVERY_MS);
    }
  });
}
