import { type Profiler, Session } from "node:inspector/promises";
import { type Frame, type Stage, STAGES, stageOf } from "./stage-of.ts";

/** How often the profiler looks: more often would be part of what it sees. */
const INTERVAL_MICROS = 100;

/** In µs of the main thread what `work` spends in each stage, as a CPU profile of V8 has it. */
export async function profiled(work: () => Promise<void>): Promise<Record<Stage, number>> {
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.setSamplingInterval", { interval: INTERVAL_MICROS });
  await session.post("Profiler.start");
  await work();
  const { profile } = await session.post("Profiler.stop");
  session.disconnect();
  return byStage(profile);
}

function byStage({
  nodes,
  samples = [],
  timeDeltas = [],
}: Profiler.Profile): Record<Stage, number> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(
    nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])),
  );
  const stages = new Map<number, Stage | undefined>();
  const micros = Object.fromEntries(STAGES.map((stage) => [stage, 0])) as Record<Stage, number>;
  for (const [at, id] of samples.entries()) {
    if (!stages.has(id)) stages.set(id, stageOfNode(id));
    const stage = stages.get(id);
    if (stage !== undefined) micros[stage] += timeDeltas[at] ?? 0;
  }
  return micros;

  function stageOfNode(id: number): Stage | undefined {
    const frames: Frame[] = [];
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
      const frame = byId.get(at)?.callFrame;
      if (frame !== undefined) frames.push(frame);
    }
    const [own, ...callers] = frames;
    return own === undefined || own.functionName === "(idle)" ? undefined : stageOf(own, callers);
  }
}
