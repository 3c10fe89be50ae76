// Runs the conformance suite inside workerd: each check in a request of its own.
import { DurableObject } from "cloudflare:workers";
import { openDurableObjectStore } from "@turno/store-durable-object";
import { type StoreUnderTest, storeChecks } from "@turno/testkit";
import { StoresAfar } from "./afar.ts";

export { Afar } from "./afar.ts";

interface Asked {
  readonly topic: string;
  readonly name: string;
  readonly runs?: number;
}

/** Runs checks where the store is. */
export class Suite extends DurableObject {
  override async fetch(request: Request): Promise<Response> {
    const { storage } = this.ctx;
    return await check(request, {
      async open() {
        await storage.deleteAll();
        return openDurableObjectStore(storage);
      },
      async reopen(store) {
        await store.close();
        return openDurableObjectStore(storage);
      },
    });
  }
}

interface Env {
  readonly Suite: DurableObjectNamespace;
  readonly Afar: DurableObjectNamespace;
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    if (new URL(request.url).pathname === "/inside")
      return await env.Suite.get(env.Suite.idFromName("suite")).fetch(request);
    const stores = new StoresAfar(env.Afar);
    return await check(request, {
      open: () => stores.open(),
      reopen: (store) => stores.openAgain(store),
    });
  },
};

async function check(request: Request, subject: StoreUnderTest): Promise<Response> {
  const { topic, name, runs }: Asked = await request.json();
  const checks = storeChecks({ ...subject, runs }).get(topic);
  const wanted = checks?.find((it) => it.name === name);
  if (wanted === undefined) return new Response(`no check ${topic}: ${name}`, { status: 404 });
  try {
    await wanted.run();
    return Response.json("good");
  } catch (error) {
    const words = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return new Response(words, { status: 500 });
  }
}
