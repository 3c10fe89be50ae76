import { OwnChromium, type OwnChromiumOptions } from "./own-chromium.ts";
import { servePage, type Site } from "./serve-page.ts";

/** Where things happen: a page that is served, and browsers to open it in. */
export class Setting implements AsyncDisposable {
  readonly site: Site;
  readonly #path: string;

  private constructor(path: string, site: Site) {
    this.#path = path;
    this.site = site;
  }

  /** With the Chromium of that path. */
  static async in(path: string): Promise<Setting> {
    return new Setting(path, await servePage());
  }

  /** Starts a browser. */
  readonly start = (options: Omit<OwnChromiumOptions, "path"> = {}): Promise<OwnChromium> =>
    OwnChromium.start({ path: this.#path, ...options });

  [Symbol.asyncDispose](): Promise<void> {
    return this.site[Symbol.asyncDispose]();
  }
}
