import { type Context, Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { followJob } from "./follow-job.ts";
import { Order } from "./order.ts";
import type { Service } from "./service.ts";

/** The routes: orders come in, and jobs can be looked at and followed. */
export function createApp({ place, queue }: Service): Hono {
  const app = new Hono();

  app.post("/orders", async (context) => {
    const id = await place(await orderIn(context));
    context.header("Location", `/jobs/${id}`);
    return context.json({ job: id, url: `/jobs/${id}`, events: `/jobs/${id}/events` }, 202);
  });

  app.get("/jobs/:id", async (context) => context.json(await jobIn(context)));

  app.delete("/jobs/:id", async (context) => {
    const { id } = await jobIn(context);
    return context.json({ cancelled: await queue.cancel(id) });
  });

  app.get("/jobs/:id/events", async (context) => {
    const { id } = await jobIn(context);
    return followJob(context, queue, id);
  });

  return app;

  async function jobIn(context: Context) {
    const id = context.req.param("id") ?? "";
    // What is no id of this queue's is a TypeError: for who asks over HTTP there is just no such job.
    const job = await queue.get(id).catch((error: unknown) => {
      if (!(error instanceof TypeError)) throw error;
    });
    return job ?? refuse(404, `there is no job ${id}`);
  }
}

async function orderIn(context: Context): Promise<Order> {
  const body: unknown = await context.req.json().catch(() => refuse(400, "the body is no JSON"));
  const order = Order.safeParse(body);
  if (order.success) return order.data;
  const faults = order.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  return refuse(400, faults.join("; "));
}

function refuse(status: 400 | 404, message: string): never {
  throw new HTTPException(status, { message });
}
