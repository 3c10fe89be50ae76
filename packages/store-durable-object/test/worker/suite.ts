// Runs the conformance suite inside workerd: each check in a request of its own.
import { DurableObject } from "cloudflare:workers";
import { openDurableObjectStore } from "@turno/store-durable-object";
import { type StoreUnderTest, storeChecks } from "@turno/testkit";

interface Asked {
  readonly topic: string;
  readonly name: string;
  readonly runs?: number;
}

export class Suite extends DurableObject {
  override async fetch(request: Request): Promise<Response> {
    const { topic, name, runs }: Asked = await request.json();
    const { storage } = this.ctx;
    const subject: StoreUnderTest = {
      runs,
      async open() {
        await storage.deleteAll();
        return openDurableObjectStore(storage);
      },
      reopen(store) {
        void store.close();
        return openDurableObjectStore(storage);
      },
    };
    const check = storeChecks(subject)
      .get(topic)
      ?.find((it) => it.name === name);
    if (check === undefined) return new Response(`no check ${topic}: ${name}`, { status: 404 });
    try {
      await check.run();
      return Response.json("good");
    } catch (error) {
      return new Response(error instanceof Error ? (error.stack ?? error.message) : String(error), {
        status: 500,
      });
    }
  }
}

export default {
  fetch(request: Request, env: { readonly Suite: DurableObjectNamespace }) {
    return env.Suite.get(env.Suite.idFromName("suite")).fetch(request);
  },
};
