import type { PhotoStore } from "../open-store.ts";
import { bytes } from "./bytes.ts";
import { part } from "./part.ts";

type Persistence = Awaited<ReturnType<PhotoStore["persistence"]>>;

/** Shows where the jobs are kept and how safely, and lets the user ask the browser to keep them. */
export class StorageCard {
  readonly #store: PhotoStore;
  readonly #card = part(document, "#storage");
  readonly #ask = part<HTMLButtonElement>(document, "#keep");

  constructor(store: PhotoStore) {
    this.#store = store;
    this.#ask.addEventListener("click", () => void this.show({ ask: true }));
  }

  async show({ ask = false } = {}): Promise<void> {
    const found = await this.#store.persistence({ ask });
    this.#say("#kept", keptWords(found), found.mode !== "memory");
    this.#say("#tabs", tabsWords(found), found.tabs === "shared");
    this.#say("#persisted", persistedWords(found, ask), found.persisted);
    // Where the page is not secure, the browser cannot be asked, and does not tell how much there is.
    this.#ask.hidden = found.persisted || found.mode === "memory" || !isSecureContext;
    const { usage = 0, quota = 0 } = found;
    part(this.#card, ".usage").hidden = quota === 0;
    const meter = part<HTMLMeterElement>(this.#card, "meter");
    meter.max = Math.max(1, quota);
    meter.value = usage;
    part(this.#card, "#usage").textContent = `${bytes(usage)} of ${bytes(quota)} used`;
  }

  #say(selector: string, words: string, isGood: boolean): void {
    const line = part(this.#card, selector);
    line.textContent = words;
    line.classList.toggle("warning", !isGood);
  }
}

function keptWords({ mode }: Persistence): string {
  if (mode === "memory") return "Kept nowhere: lost with this tab";
  return "Kept here, across reloads and crashes";
}

function tabsWords({ tabs }: Persistence): string {
  if (tabs === "shared") return "Shared: a second tab works, too";
  return "One tab at a time: sharing needs https or localhost";
}

function persistedWords({ persisted, mode }: Persistence, asked: boolean): string {
  if (mode === "memory") return "";
  if (persisted) return "Safe when the browser runs low on space";
  if (asked) return "Declined for now: browsers trust pages that are used a lot";
  return "May be deleted when space runs low";
}
