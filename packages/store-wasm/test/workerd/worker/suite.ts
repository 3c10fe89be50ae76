// Runs the conformance suite on sql.js inside workerd: each check in a request of its own.
import { DurableObject } from "cloudflare:workers";
import { DurableObjectPersistence, openWasmStore, type Persistence } from "@turno/store-wasm";
import { type StoreUnderTest, storeChecks } from "@turno/testkit";
import wasm from "./sqljs.wasm";

interface Asked {
  readonly topic: string;
  readonly name: string;
  readonly runs?: number;
}

export class Suite extends DurableObject {
  override async fetch(request: Request): Promise<Response> {
    const { topic, name, runs }: Asked = await request.json();
    const checks = storeChecks({ ...this.#subject(), runs });
    const check = checks.get(topic)?.find((it) => it.name === name);
    if (check === undefined) return new Response(`no check ${topic}: ${name}`, { status: 404 });
    try {
      await check.run();
      return Response.json("good");
    } catch (error) {
      const words = error instanceof Error ? (error.stack ?? error.message) : String(error);
      return new Response(words, { status: 500 });
    }
  }

  #subject(): StoreUnderTest {
    const { storage } = this.ctx;
    const open = (persistence: Persistence) => openWasmStore({ wasm, persistence });
    return {
      async open() {
        await storage.deleteAll();
        return await open(new DurableObjectPersistence(storage));
      },
      async reopen(store) {
        await store.close();
        return await open(new DurableObjectPersistence(storage));
      },
    };
  }
}

export default {
  fetch(request: Request, env: { readonly Suite: DurableObjectNamespace }) {
    return env.Suite.get(env.Suite.idFromName("suite")).fetch(request);
  },
};
