import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { CHROMIUM_FLAGS } from "../../../../../scripts/chromium.ts";
import { BrowserTab } from "./browser-tab.ts";
import { Protocol } from "./protocol.ts";
import { Told } from "./told.ts";

export interface OwnChromiumOptions {
  readonly path: string;
  /** What it knows of earlier runs. Default: nothing, and nothing is kept. */
  readonly profile?: Profile | undefined;
  readonly flags?: readonly string[] | undefined;
}

/** Where a browser keeps what pages store. */
export class Profile implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), "turno-chromium-"));

  [Symbol.dispose](): void {
    // A process of the browser's that is just ending may still write.
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 10 });
  }
}

/** A Chromium in a process group of its own, as users have it: nothing is switched off in it for tests. */
export class OwnChromium implements AsyncDisposable {
  readonly protocol: Protocol;
  /** What its pages have told. */
  readonly told = new Told();
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  readonly #ownProfile: Profile | undefined;

  private constructor(child: ChildProcess, ownProfile: Profile | undefined) {
    this.#child = child;
    this.#ownProfile = ownProfile;
    // And all that it has said is heard.
    this.#exited = once(child, "close");
    const [, , , commands, answers] = child.stdio;
    this.protocol = new Protocol(commands as Writable, answers as Readable);
  }

  static async start({ path, profile, flags = [] }: OwnChromiumOptions): Promise<OwnChromium> {
    const ownProfile = profile === undefined ? new Profile() : undefined;
    const { folder } = profile ?? (ownProfile as Profile);
    const child = spawn(
      path,
      [
        ...CHROMIUM_FLAGS,
        "--remote-debugging-pipe",
        `--user-data-dir=${folder}`,
        ...flags,
        "about:blank",
      ],
      { detached: true, stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] },
    );
    const browser = new OwnChromium(child, ownProfile);
    await browser.version();
    return browser;
  }

  async version(): Promise<string> {
    const { product } = await this.protocol.send<{ product: string }>("Browser.getVersion");
    return product;
  }

  /** A new tab of that name at the address, whose page is loaded. */
  tab(name: string, url: string): Promise<BrowserTab> {
    return BrowserTab.open(url, { protocol: this.protocol, name, told: this.told });
  }

  /** Ends all its processes at once, by SIGKILL; resolves when it is gone. */
  async kill(): Promise<void> {
    // The group has its number; it ends after its children do.
    if (this.#child.pid !== undefined) process.kill(-this.#child.pid, "SIGKILL");
    await this.#exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await this.kill();
    this.#ownProfile?.[Symbol.dispose]();
  }
}
