import type { Protocol, ProtocolEvent } from "./protocol.ts";
import { Session } from "./session.ts";
import type { Told } from "./told.ts";

interface TabOptions {
  readonly protocol: Protocol;
  readonly name: string;
  /** To which is added what its page tells. */
  readonly told: Told;
}

/** A tab, by its page. */
export class BrowserTab {
  readonly name: string;
  /** Resolves once the tab is gone or its page has crashed. */
  readonly over: Promise<void>;
  readonly session: Session;
  /** What its page has written to the console as a warning. */
  readonly warnings: string[] = [];
  readonly #protocol: Protocol;
  readonly #target: string;
  readonly #told: Told;

  private constructor({ protocol, name, told }: TabOptions, target: string, session: Session) {
    this.name = name;
    this.#told = told;
    this.session = session;
    this.#protocol = protocol;
    this.#target = target;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.over = promise;
    session.listen((event) => this.#hear(event, resolve));
    protocol.listen(({ method, params }) => {
      if (method === "Target.targetDestroyed" && params["targetId"] === target) resolve();
    });
    void promise.then(() => session.forget(`the tab ${name} is gone`));
  }

  /** Opens a tab, and waits until its page is loaded. */
  static async open(url: string, options: TabOptions): Promise<BrowserTab> {
    const { protocol } = options;
    await protocol.send("Target.setDiscoverTargets", { discover: true });
    const { targetId } = await protocol.send<{ targetId: string }>("Target.createTarget", {
      url: "about:blank",
    });
    const { sessionId } = await protocol.send<{ sessionId: string }>("Target.attachToTarget", {
      targetId,
      flatten: true,
    });
    const tab = new BrowserTab(options, targetId, new Session(protocol, sessionId));
    await tab.session.send("Page.enable");
    await tab.session.send("Runtime.enable");
    await tab.session.send("Runtime.addBinding", { name: "report" });
    await tab.go(url);
    return tab;
  }

  /** Leaves the page for the one at that address; resolves when that is loaded. */
  async go(url: string): Promise<void> {
    const loaded = this.happens("Page.loadEventFired");
    await this.session.send("Page.navigate", { url });
    await loaded;
  }

  /** See `Session.run`. */
  run<A extends readonly unknown[], R>(work: (...args: A) => R, ...args: A): Promise<Awaited<R>> {
    return this.session.run(work, ...args);
  }

  happens(method: string): Promise<void> {
    return new Promise((resolve) => {
      const listening = this.session.listen((event) => {
        if (event.method !== method) return;
        listening[Symbol.dispose]();
        resolve();
      });
    });
  }

  /** Its dedicated worker, as soon as there is one. */
  async worker(): Promise<Session> {
    const found = new Promise<Session>((resolve) => {
      const listening = this.session.listen(({ method, params }) => {
        if (method !== "Target.attachedToTarget") return;
        listening[Symbol.dispose]();
        resolve(new Session(this.#protocol, String(params["sessionId"])));
      });
    });
    await this.session.send("Target.setAutoAttach", {
      autoAttach: true,
      waitForDebuggerOnStart: false,
      flatten: true,
    });
    return await found;
  }

  /** Stops all of its page's code and its worker's, as browsers do with tabs in the background; or lets it go on. */
  async freeze(isFrozen: boolean): Promise<void> {
    const state = isFrozen ? "frozen" : "active";
    await this.session.send("Page.setWebLifecycleState", { state });
  }

  /** Ends the process of its page, as a fault of the browser's would. */
  async crash(): Promise<void> {
    // It answers to nothing any more, this included.
    this.session.send("Page.crash").catch(() => {});
    await this.over;
  }

  /** As a user closes it. */
  async close(): Promise<void> {
    await this.#protocol.send("Target.closeTarget", { targetId: this.#target });
    await this.over;
  }

  /** In front of the others, which are hidden then. */
  async show(): Promise<void> {
    await this.#protocol.send("Target.activateTarget", { targetId: this.#target });
  }

  #hear({ method, params }: ProtocolEvent, onOver: () => void): void {
    if (method === "Runtime.bindingCalled")
      this.#told.add(this.name, JSON.parse(String(params["payload"])));
    else if (method === "Inspector.targetCrashed") onOver();
    else if (method === "Runtime.consoleAPICalled" && params["type"] === "warning")
      this.warnings.push(wordsOf(params["args"]));
  }
}

function wordsOf(logged: unknown): string {
  return (logged as readonly { readonly value?: unknown }[]).map(({ value }) => value).join(" ");
}
