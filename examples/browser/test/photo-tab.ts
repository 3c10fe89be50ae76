import type { BrowserContext, Locator, Page } from "playwright";

/** Shorter than a test may take, so that what fails is what was waited for, and is named. */
const PATIENCE_MS = 15_000;

/** The headings of the board's columns. */
export type Heading = "Waiting" | "Running" | "Done" | "Failed" | "Cancelled";

export interface UploadedFile {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

/** A tab with the page in it, seen and used as by somebody who knows it by roles and names alone. */
export class PhotoTab {
  readonly page: Page;
  /** What went wrong in it. */
  readonly faults: string[] = [];

  static async open(context: BrowserContext, url: string): Promise<PhotoTab> {
    const tab = new PhotoTab(await context.newPage());
    await tab.page.goto(url);
    await tab.isReady();
    return tab;
  }

  private constructor(page: Page) {
    this.page = page;
    page.setDefaultTimeout(PATIENCE_MS);
    // From the beginning: Playwright takes a moment to catch dialogs, and Enter would be faster.
    page.on("filechooser", () => {});
    page.on("pageerror", (error) => this.faults.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error") this.faults.push(message.text());
    });
  }

  /** Resolves once the page knows where it keeps its jobs. */
  async isReady(): Promise<void> {
    await this.page
      .getByRole("region", { name: "Storage" })
      .getByText(/^Kept /)
      .waitFor();
  }

  /** By a press on the button, and the browser's dialog. */
  async choose(...files: UploadedFile[]): Promise<void> {
    const dialog = this.page.waitForEvent("filechooser");
    await this.page.getByRole("button", { name: "Drop photos or files here" }).click();
    await (await dialog).setFiles(files);
  }

  column(heading: Heading): Locator {
    return this.page.getByRole("region", { name: new RegExp(`^${heading} \\d+$`) });
  }

  /** How many tickets there are, in whatever column. */
  countAll(): Promise<number> {
    const heading = this.page.getByRole("heading");
    return this.page.getByRole("listitem").filter({ has: heading }).count();
  }

  /** The tickets of a column, each by its whole text. */
  async tickets(heading: Heading): Promise<string[]> {
    return this.column(heading).getByRole("listitem").allInnerTexts();
  }

  /** The ticket for the `kind` of work on a file, wherever it is on the board. */
  ticket(kind: "SHA-256" | "Thumbnail", file: string): Locator {
    const name = this.page.getByRole("heading", { name: file, exact: true });
    return this.page.getByRole("listitem").filter({ has: name, hasText: kind });
  }

  /** Resolves once so many jobs are in the column. */
  async has(count: number, heading: Heading): Promise<void> {
    await this.page.getByRole("region", { name: `${heading} ${count}`, exact: true }).waitFor();
  }

  /** Presses Tab until the element has the focus: it can be reached so. */
  async tabTo(element: Locator): Promise<void> {
    for (let presses = 0; !(await hasFocus(element)); presses++) {
      if (presses === 100) throw new Error("100 presses of Tab do not lead there");
      await this.page.keyboard.press("Tab");
    }
  }
}

export function hasFocus(element: Locator): Promise<boolean> {
  return element.evaluate((found) => found === document.activeElement);
}
