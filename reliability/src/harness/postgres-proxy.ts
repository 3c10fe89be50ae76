import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { type Message, MessageSplitter } from "./message-splitter.ts";

/** What becomes of a request whose connection is cut: it never arrives, or its answer does not. */
export type Cut = "before it arrives" | "before its answer";

interface Plan {
  readonly cut: Cut;
  readonly text: RegExp;
  left: number;
}

/**
 * The network between clients and a Postgres, of which each connection can be told to behave badly: it delays, stands
 * still without a word, refuses, and cuts around single requests. It knows as much of the protocol as that takes; clients
 * must not ask for TLS.
 */
export class PostgresProxy {
  readonly #serverPort: number;
  readonly #links = new Set<Link>();
  #door: Server | undefined;
  #port = 0;
  #plan: Plan | undefined;
  #isStill = false;
  #delayMs = 0;

  private constructor(serverPort: number) {
    this.#serverPort = serverPort;
  }

  /** In front of the server on that port of this machine. */
  static async start(serverPort: number): Promise<PostgresProxy> {
    const proxy = new PostgresProxy(serverPort);
    await proxy.accept();
    return proxy;
  }

  /** Of what the server's URL leads to, by way of this. */
  urlOf(url: string): string {
    const through = new URL(url);
    through.host = `127.0.0.1:${this.#port}`;
    return through.href;
  }

  /** Holds each answer back for so long; 0 for no longer. */
  delay(ms: number): void {
    this.#delayMs = ms;
  }

  /** Passes nothing on any more, and tells nobody: connections stay open, and new ones are accepted. */
  standStill(): void {
    this.#isStill = true;
    for (const link of this.#links) link.pause();
  }

  /** Passes on what has come meanwhile, and what comes. */
  goOn(): void {
    this.#isStill = false;
    for (const link of this.#links) link.resume();
  }

  /** Cuts all connections. */
  cut(): void {
    for (const link of this.#links) link.cut();
  }

  /** Accepts no connection until `accept`; those that are open stay so. */
  refuse(): void {
    this.#door?.close();
    this.#door = undefined;
  }

  /** On the same port as before. */
  async accept(): Promise<void> {
    if (this.#door !== undefined) return;
    const door = createServer((client) => this.#open(client));
    this.#door = door;
    door.listen(this.#port, "127.0.0.1");
    await once(door, "listening");
    this.#port = (door.address() as AddressInfo).port;
  }

  /** Cuts the connections of the next `count` requests in which such a text stands. */
  cutAround(text: RegExp, cut: Cut, count = 1): void {
    this.#plan = { cut, text, left: count };
  }

  /** How many of those are still to come. */
  get cutsLeft(): number {
    return this.#plan?.left ?? 0;
  }

  close(): void {
    this.refuse();
    this.cut();
  }

  #open(client: Socket): void {
    const server = connect(this.#serverPort, "127.0.0.1");
    const link: Link = new Link({
      client,
      server,
      delayMs: () => this.#delayMs,
      cutOf: (request) => this.#cutOf(request),
      onEnd: () => this.#links.delete(link),
    });
    this.#links.add(link);
    if (this.#isStill) link.pause();
  }

  #cutOf(request: readonly Message[]): Cut | undefined {
    const plan = this.#plan;
    if (plan === undefined || plan.left === 0) return undefined;
    if (!request.some(({ bytes }) => plan.text.test(bytes.toString("latin1")))) return undefined;
    plan.left--;
    return plan.cut;
  }
}

interface LinkOptions {
  readonly client: Socket;
  readonly server: Socket;
  readonly delayMs: () => number;
  readonly cutOf: (request: readonly Message[]) => Cut | undefined;
  readonly onEnd: () => void;
}

/** What ends a client's request: after that it waits until the server is ready for the next. */
const ENDS_REQUEST = new Set(["Q", "S"]);
const READY = "Z";

/** One client's connection, and that to the server which stands for it. */
class Link {
  readonly #options: LinkOptions;
  #request: Message[] = [];
  /** The answer that comes is not passed on, and is the last. */
  #isSwallowing = false;
  #passedOn: Promise<unknown> = Promise.resolve();

  constructor(options: LinkOptions) {
    this.#options = options;
    const { client, server } = options;
    const [asked, answered] = [new MessageSplitter("client"), new MessageSplitter("server")];
    client.setNoDelay(true);
    server.setNoDelay(true);
    client.on("data", (piece) => {
      for (const message of asked.push(piece)) this.#ask(message);
    });
    server.on("data", (piece) => {
      for (const message of answered.push(piece)) this.#answer(message);
    });
    for (const socket of [client, server]) {
      socket.on("error", () => {});
      // What was said before the end still arrives.
      socket.on("end", () => void this.#passedOn.then(() => this.#end()));
      socket.on("close", () => void this.#passedOn.then(() => this.cut()));
    }
  }

  pause(): void {
    this.#options.client.pause();
    this.#options.server.pause();
  }

  resume(): void {
    this.#options.client.resume();
    this.#options.server.resume();
  }

  /** Resets both sides: nobody gets what is still under way. */
  cut(): void {
    const { client, server, onEnd } = this.#options;
    for (const socket of [client, server]) if (!socket.destroyed) socket.resetAndDestroy();
    onEnd();
  }

  #end(): void {
    this.#options.client.end();
    this.#options.server.end();
  }

  #ask(message: Message): void {
    this.#request.push(message);
    if (message.name !== "" && !ENDS_REQUEST.has(message.name)) {
      // A good-bye, or an answer to a question for the password.
      if (message.name === "X" || message.name === "p") this.#send();
      return;
    }
    const cut = message.name === "" ? undefined : this.#options.cutOf(this.#request);
    if (cut === "before it arrives") return this.cut();
    this.#isSwallowing = cut === "before its answer";
    this.#send();
  }

  #send(): void {
    for (const { bytes } of this.#request) this.#options.server.write(bytes);
    this.#request = [];
  }

  #answer({ name, bytes }: Message): void {
    if (this.#isSwallowing) {
      if (name === READY) this.cut();
      return;
    }
    const ms = this.#options.delayMs();
    const due = ms === 0 ? undefined : new Promise((resolve) => setTimeout(resolve, ms));
    if (due === undefined && this.#isPassedOn) {
      this.#options.client.write(bytes);
      return;
    }
    // In order, whatever the delay was meanwhile.
    const before = this.#passedOn;
    this.#isPassedOn = false;
    const now = before
      .then(() => due)
      .then(() => {
        if (!this.#options.client.destroyed) this.#options.client.write(bytes);
        if (this.#passedOn === now) this.#isPassedOn = true;
      });
    this.#passedOn = now;
  }

  #isPassedOn = true;
}
