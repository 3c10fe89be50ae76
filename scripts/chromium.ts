import { type Found, findProgram } from "./find-program.ts";

/** With what a Chromium is started in tests: without a window, and without a word to anybody. */
export const CHROMIUM_FLAGS: readonly string[] = [
  "--headless",
  // Its sandbox refuses to start for root, and in most containers.
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** The Chromium of this machine. On Debian root installs it first where it is missing: so a fresh machine of CI has it. */
export async function chromium(): Promise<Found> {
  return await findProgram({
    names: ["chromium", "chromium-browser", "google-chrome"],
    debianPackage: "chromium",
    what: "Chromium, in which the tests for browsers run (a minute or so)",
    // Some 110 MB come over the network.
    limitMs: 600_000,
  });
}
