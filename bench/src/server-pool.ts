import type { Entry } from "./peer.ts";
import { type Server, startServer } from "./servers/server.ts";

type Kind = NonNullable<Entry["server"]>;

/** The servers of a run, each started when a peer first needs it. */
export class ServerPool {
  readonly #servers = new Map<Kind, Promise<Server>>();

  /** Rejects, each time, where it could not be started. */
  get(kind: Kind): Promise<Server> {
    const server = this.#servers.get(kind) ?? startServer(kind);
    this.#servers.set(kind, server);
    return server;
  }

  async versions(): Promise<Readonly<Record<string, string>>> {
    const running = await this.#running();
    return Object.fromEntries(running.map(([kind, { version }]) => [kind, version]));
  }

  async stop(): Promise<void> {
    for (const [, server] of await this.#running()) await server.stop();
  }

  async #running(): Promise<readonly [Kind, Server][]> {
    const settled = [...this.#servers].map(async ([kind, server]): Promise<[Kind, Server][]> => {
      const running = await server.catch(() => undefined);
      return running === undefined ? [] : [[kind, running]];
    });
    return (await Promise.all(settled)).flat();
  }
}
