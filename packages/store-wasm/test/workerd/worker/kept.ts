// A queue on sql.js that a Durable Object keeps, and single calls of what keeps it.
import { DurableObject } from "cloudflare:workers";
import { Queue } from "@turno/core";
import { DurableObjectPersistence, openWasmStore, type RowImage } from "@turno/store-wasm";
import wasm from "./sqljs.wasm";

type Order = { readonly enqueue: string } | "count" | "parts" | "takenOver" | "withoutWasm";

export class Kept extends DurableObject {
  #opening: Promise<Queue> | undefined;

  override async fetch(request: Request): Promise<Response> {
    const order: Order = await request.json();
    switch (order) {
      case "count":
        return Response.json((await (await this.#queue()).counts()).pending);
      case "parts":
        return Response.json(await this.#parts());
      case "takenOver":
        return Response.json(await this.#takenOver());
      case "withoutWasm":
        return Response.json(await openWasmStore().catch(({ message }: Error) => message));
      default:
        return Response.json(await (await this.#queue()).enqueue("note", order.enqueue));
    }
  }

  #queue(): Promise<Queue> {
    this.#opening ??= this.#open();
    return this.#opening;
  }

  async #open(): Promise<Queue> {
    const persistence = new DurableObjectPersistence(this.ctx.storage);
    return new Queue({ store: await openWasmStore({ wasm, persistence }) });
  }

  /** Whether what takes several rows is read as it was written. */
  async #parts(): Promise<readonly boolean[]> {
    const persistence = new DurableObjectPersistence(this.ctx.storage);
    await persistence.open();
    const image = new Uint8Array(4_000_000).map((_, at) => at % 251);
    const text = "🂡".repeat(600_000);
    const groups: RowImage[][] = [1, 2, 3].map((key) => [["turno_payloads", key, [key, text]]]);
    await persistence.append(groups[0] ?? []);
    await persistence.snapshot(image);
    for (const group of groups) await persistence.append(group);
    const { snapshot, log } = await persistence.load();
    return [
      snapshot?.length === image.length && snapshot.every((byte, at) => byte === image[at]),
      JSON.stringify(log) === JSON.stringify(groups),
    ];
  }

  async #takenOver(): Promise<readonly unknown[]> {
    const first = new DurableObjectPersistence(this.ctx.storage);
    await first.open();
    await first.append([["turno_paused", "a", ["a"]]]);
    const second = new DurableObjectPersistence(this.ctx.storage);
    await second.open();
    const calls = [
      () => first.append([["turno_paused", "b", ["b"]]]),
      () => first.snapshot(new Uint8Array(1)),
      () => first.confirm(),
      () => first.load(),
    ];
    const told = calls.map((call) => call().catch(({ code }: { code: string }) => code));
    return [...(await Promise.all(told)), (await second.load()).log];
  }
}

export default {
  fetch(request: Request, env: { readonly Kept: DurableObjectNamespace }) {
    return env.Kept.get(env.Kept.idFromName(new URL(request.url).pathname)).fetch(request);
  },
};
