// Makes docs/images/browser.png anew: node examples/browser/test/screenshot.ts [file.png]
import { fileURLToPath } from "node:url";
import { chromium as playwright } from "playwright";
import { chromium, CHROMIUM_FLAGS } from "../../../scripts/chromium.ts";
import { PhotoTab } from "./photo-tab.ts";
import { servedForDevelopment } from "./served.ts";

const file =
  process.argv[2] ?? fileURLToPath(new URL("../../../docs/images/browser.png", import.meta.url));

const { path, missing } = await chromium();
if (path === undefined) throw new Error(missing);
const served = await servedForDevelopment();
const browser = await playwright.launch({ executablePath: path, args: [...CHROMIUM_FLAGS] });
try {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    reducedMotion: "reduce", // nothing is caught on its way
  });
  const url = `http://127.0.0.1:${served.port}/?slow=4`;
  const tab = await PhotoTab.open(context, url);
  await PhotoTab.open(context, url); // so that two work
  await tab.choose(
    { name: "scan.heic", mimeType: "image/heic", buffer: Buffer.from("no picture") },
    ...["packing list.txt", "route.gpx"].map((name) => {
      return { name, mimeType: "text/plain", buffer: Buffer.from(name) };
    }),
  );
  await tab.page.getByRole("button", { name: "Use eight sample photos" }).press("Enter");
  await tab.page.getByRole("button", { name: "Cancel SHA-256 of dunes.jpg" }).press("Enter");
  await tab.page.getByRole("region", { name: /^Done 1\d$/ }).waitFor();
  await tab.has(4, "Running");
  await tab
    .column("Running")
    .getByText(/^[4-9]\d %/)
    .first()
    .waitFor();
  await tab.page.evaluate(() => {
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    scrollTo(0, 0);
  });
  await tab.page.mouse.move(0, 0);
  await tab.page.screenshot({ path: file });
  console.log(`${file}: made`);
} finally {
  await browser.close();
  await served[Symbol.asyncDispose]();
}
