import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Browser,
  type BrowserContext,
  type Locator,
  chromium as playwright,
} from "playwright";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { chromium, CHROMIUM_FLAGS } from "../../../scripts/chromium.ts";
import { hasFocus, PhotoTab, type UploadedFile } from "./photo-tab.ts";
import { png } from "./png.ts";
import { type Served, servedBuilt, servedForDevelopment } from "./served.ts";

const { path, missing } = await chromium();

const photo = (name: string, seed = name.length): UploadedFile => ({
  name,
  mimeType: "image/png",
  buffer: png(640, 400, seed),
});
const note = { name: "note.txt", mimeType: "text/plain", buffer: Buffer.from("draw a ticket") };
const sha256 = ({ buffer }: UploadedFile) => createHash("sha256").update(buffer).digest("hex");

describe("the page of photos", { timeout: 30_000 }, () => {
  let directory: string;
  let served: Served;
  let browser: Browser;
  let context: BrowserContext;
  let tabs: PhotoTab[];

  beforeAll(async () => {
    if (path === undefined) return;
    directory = mkdtempSync(join(tmpdir(), "turno-browser-"));
    served = await servedBuilt(join(directory, "built"));
    const args = [...CHROMIUM_FLAGS, "--host-resolver-rules=MAP photos.test 127.0.0.1"];
    browser = await playwright.launch({ executablePath: path, args });
  }, 60_000);

  afterAll(async () => {
    if (path === undefined) return;
    await browser.close();
    await served[Symbol.asyncDispose]();
    rmSync(directory, { recursive: true, force: true });
  });

  beforeEach(async ({ skip }) => {
    skip(path === undefined, missing);
    context = await browser.newContext();
    tabs = [];
  });

  afterEach(async () => {
    await context?.close();
  });

  test("takes files that are chosen, and shows their SHA-256 and thumbnails", async () => {
    const tab = await open();
    await tab.choose(photo("tea.png"), photo("cup.png", 9), note);
    await tab.has(5, "Done");
    for (const file of [photo("tea.png"), photo("cup.png", 9), note]) {
      expect(await tab.ticket("SHA-256", file.name).innerText()).toContain(sha256(file));
    }
    const thumbnail = tab.ticket("Thumbnail", "tea.png");
    expect(await thumbnail.innerText()).toContain("320 × 200");
    await expect.poll(() => widthOfPicture(thumbnail.locator("img"))).toBe(320);
    expect(await tab.page.getByRole("status").innerText()).toBe("All is done");
    expect(tab.faults).toEqual([]);
  });

  test("takes a file that is dropped", async () => {
    const tab = await open();
    const file = photo("dropped.png");
    writeFileSync(join(directory, file.name), file.buffer);
    const devtools = await context.newCDPSession(tab.page);
    const data = { items: [], files: [join(directory, file.name)], dragOperationsMask: 1 };
    for (const type of ["dragEnter", "dragOver", "drop"] as const)
      await devtools.send("Input.dispatchDragEvent", { type, x: 200, y: 200, data });
    await tab.has(2, "Done");
    expect(await tab.ticket("SHA-256", file.name).innerText()).toContain(sha256(file));
    expect(tab.faults).toEqual([]);
  });

  test("cancels what runs and starts it again, by keyboard alone, and keeps the focus", async () => {
    const tab = await open("slow=4");
    await tab.tabTo(tab.page.getByRole("button", { name: "Drop photos or files here" }));
    const dialog = tab.page.waitForEvent("filechooser");
    await tab.page.keyboard.press("Enter");
    await (await dialog).setFiles([note]);
    const ticket = tab.ticket("SHA-256", note.name);
    await ticket.getByRole("progressbar", { name: "SHA-256 of note.txt" }).waitFor();
    await ticket.getByText(/^[1-9]\d? % · tab A$/).waitFor();
    await tab.tabTo(tab.page.getByRole("button", { name: "Cancel SHA-256 of note.txt" }));
    await tab.page.keyboard.press("Enter");
    await tab.has(1, "Cancelled");
    expect(await tab.page.getByRole("status").innerText()).toBe("Cancelled: note.txt");
    const retry = ticket.getByRole("button", { name: "Retry SHA-256 of note.txt" });
    expect(await hasFocus(retry)).toBe(true);
    await tab.page.keyboard.press("Enter");
    await tab.has(1, "Done");
    expect(await ticket.innerText()).toContain(sha256(note));
    expect(tab.faults).toEqual([]);
  });

  test("shows the same board in a second tab, and both work, no job twice", async () => {
    const [first, second] = [await open("slow=1"), await open("slow=1")];
    await first.choose(...["a.png", "b.png", "c.png"].map((name, seed) => photo(name, seed)));
    await second.choose(photo("d.png", 4));
    for (const tab of [first, second]) await tab.has(8, "Done");
    const done = await first.tickets("Done");
    expect(await second.tickets("Done")).toEqual(done);
    expect(done.filter((words) => words.includes("tab A")).length).toBeGreaterThan(0);
    expect(done.filter((words) => words.includes("tab B")).length).toBeGreaterThan(0);
    expect(done.filter((words) => words.includes("attempt"))).toEqual([]);
    await second.ticket("SHA-256", "d.png").getByRole("button", { name: "Run again" }).click();
    await first.ticket("SHA-256", "d.png").getByRole("progressbar").waitFor();
    for (const tab of tabs) expect(tab.faults).toEqual([]);
  });

  test("goes on after a reload in the middle of its work", async () => {
    const tab = await open("slow=1");
    await tab.choose(photo("x.png", 1), photo("y.png", 2), note);
    await tab.column("Running").getByRole("progressbar").first().waitFor();
    // What the page has not taken in yet is gone with it.
    await expect.poll(() => tab.countAll(), { timeout: 10_000 }).toBe(5);
    await tab.page.reload();
    await tab.isReady();
    await tab.has(5, "Done");
    const again = (await tab.tickets("Done")).filter((words) => words.includes("attempt"));
    expect(again.length).toBeLessThanOrEqual(2); // those that ran
    expect(await tab.ticket("SHA-256", "note.txt").innerText()).toContain(sha256(note));
    expect(tab.faults).toEqual([]);
  });

  test("says where the jobs are kept, and who shares them", async () => {
    const tab = await open();
    const card = tab.page.getByRole("region", { name: "Storage" });
    await card.getByText("Kept here, across reloads and crashes").waitFor();
    await card.getByText("Shared: a second tab works, too").waitFor();
    await card.getByRole("button", { name: "Ask the browser to keep it" }).click();
    await card.getByText(/^(Declined for now|Safe when)/).waitFor();
  });

  test("works on plain http, one tab at a time, and says what cannot be had there", async () => {
    const tab = await open("", "photos.test");
    await tab.page.getByText("One tab at a time: sharing needs https or localhost").waitFor();
    await tab.choose(photo("plain.png"));
    await tab.has(1, "Done");
    await tab.has(1, "Failed");
    expect((await tab.tickets("Failed")).join()).toContain("on https or localhost only");
    const other = await open("", "photos.test");
    await other.has(1, "Done");
    await tab.choose(note);
    await tab.page.getByRole("alert").getByText("holds it now").waitFor();
    await tab.page.getByRole("button", { name: "Reload the page" }).click();
    await tab.has(1, "Done");
  });

  test("clears what is finished, but for the newest ticket", async () => {
    const tab = await open();
    await tab.choose(photo("old.png"), note);
    await tab.has(3, "Done");
    await tab.page.getByRole("button", { name: "Clear what is finished" }).click();
    await tab.has(1, "Done");
    expect(await tab.page.getByRole("status").innerText()).toMatch(/^Cleared: 2\./);
  });

  test("fails what is no picture at once, and tells all that it shows by roles and names", async () => {
    const tab = await open();
    await tab.choose({ ...note, name: "fake.jpg", mimeType: "image/jpeg" });
    await tab.has(1, "Failed");
    await tab.has(1, "Done");
    const told = await tab.page.getByRole("main").ariaSnapshot();
    expect(told.replace(/[\d.]+ kB of [\d.]+ GB/, "… kB of … GB")).toMatchInlineSnapshot(`
      "- main:
        - region "Add files":
          - heading "Add files" [level=2]
          - button "Drop photos or files here or press to choose some, or paste":
            - strong: Drop photos or files here
            - text: or press to choose some, or paste
          - button "Use eight sample photos"
        - region "Storage":
          - heading "Storage" [level=2]
          - button "Ask the browser to keep it"
          - list:
            - listitem: Kept here, across reloads and crashes
            - listitem: "Shared: a second tab works, too"
            - listitem: "Mind: May be deleted when space runs low"
          - text: Space
          - meter "Space"
          - text: … kB of … GB used
        - progressbar "All jobs"
        - status: All is done; 1 failed
        - button "Clear what is finished"
        - region "Waiting 0":
          - heading "Waiting 0" [level=2]
          - list
          - paragraph: Nobody waits.
        - region "Running 0":
          - heading "Running 0" [level=2]
          - list
          - paragraph: Nothing runs.
        - region "Done 1":
          - heading "Done 1" [level=2]
          - list:
            - listitem:
              - paragraph: Number 2 SHA-256
              - heading "fake.jpg" [level=3]
              - code: a638440bd0a7ec157a39308c752c513cad7b8efa3f4bd703f972f78e20e6be4e
              - paragraph: tab A
              - button "Run again SHA-256 of fake.jpg"
        - region "Failed 1":
          - heading "Failed 1" [level=2]
          - list:
            - listitem:
              - paragraph: Number 1 Thumbnail
              - heading "fake.jpg" [level=3]
              - paragraph: fake.jpg is no picture that this browser can read
              - button "Retry Thumbnail of fake.jpg"
        - region "Cancelled 0":
          - heading "Cancelled 0" [level=2]
          - list
          - paragraph: Nothing was cancelled."
    `);
  });

  test("works from Vite's development server, as `npm run browser` starts it", async () => {
    await using development = await servedForDevelopment();
    const tab = await open("", "127.0.0.1", development.port);
    await tab.choose(photo("fresh.png"));
    await tab.has(2, "Done");
    const ticket = tab.ticket("SHA-256", "fresh.png");
    expect(await ticket.innerText()).toContain(sha256(photo("fresh.png")));
    expect(tab.faults).toEqual([]);
  });

  async function open(query = "", host = "127.0.0.1", port = served.port): Promise<PhotoTab> {
    const tab = await PhotoTab.open(context, `http://${host}:${port}/?${query}`);
    tabs.push(tab);
    return tab;
  }
});

function widthOfPicture(image: Locator): Promise<number> {
  return image.evaluate((found) => (found as HTMLImageElement).naturalWidth);
}
