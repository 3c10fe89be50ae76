import type { Desk } from "./desk.ts";

export { Desk } from "./desk.ts";

interface Env {
  readonly Desk: DurableObjectNamespace<Desk>;
}

const ROUTE = /^\/desks\/([\w-]{1,64})(?:\/jobs(?:\/([\w-]+))?)?$/;

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const { pathname } = new URL(request.url);
    const [, name, id] = ROUTE.exec(pathname) ?? [];
    if (name === undefined) return told(404, "there are /desks/NAME, its /jobs and /jobs/ID");
    const desk = env.Desk.get(env.Desk.idFromName(name));
    if (request.method === "POST") return await enqueue(request, desk, name);
    if (id === undefined) return Response.json(await desk.counts());
    const job = await desk.job(id);
    return job === undefined ? told(404, "there is no such job") : Response.json(job);
  },
};

async function enqueue(
  request: Request,
  desk: DurableObjectStub<Desk>,
  name: string,
): Promise<Response> {
  const text = await request.text();
  // A job has room for a megabyte, and its payload is JSON.
  if (text === "" || text.length > 500_000)
    return told(400, "post a text of up to 500,000 letters");
  const id = await desk.enqueue(text, request.headers.get("Idempotency-Key") ?? undefined);
  const url = `/desks/${name}/jobs/${id}`;
  return Response.json({ id, url }, { status: 202, headers: { Location: url } });
}

function told(status: number, error: string): Response {
  return Response.json({ error }, { status });
}
