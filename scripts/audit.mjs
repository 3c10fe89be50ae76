// Asks the registry for known vulnerabilities of what is locked, and says what came of it: clean, vulnerable, or that it
// could not be asked. Only what is vulnerable and not explained in SECURITY.md is a failure.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { verdictOf } from "./supply-chain/verdict-of.mjs";

/** Beside the project itself: what the bench and a test install when they are first asked to. */
const AUDITS = [
  {
    what: "the project",
    folder: ".",
    command: ["npx", "--yes", "pnpm@12.21.0", "audit", "--json"],
  },
  { what: "the bench's peers", folder: "bench/peers", command: ["npm", "audit", "--json"] },
  {
    what: "the bundlers of a test",
    folder: "packages/store-wasm/test/loading/tools",
    command: ["npm", "audit", "--json"],
  },
];

/** An answer that does not come is told soon: nobody waits for one but to read it. */
const PATIENCE = {
  timeout: 60_000,
  env: { ...process.env, npm_config_fetch_retries: "0", pnpm_config_fetch_retries: "0" },
};

const explained = readFileSync("SECURITY.md", "utf8");

for (const { what, folder, command } of AUDITS) {
  const [program = "", ...args] = command;
  const { stdout, stderr } = spawnSync(program, args, {
    cwd: folder,
    encoding: "utf8",
    ...PATIENCE,
  });
  const { verdict, lines } = verdictOf(`${stdout}`, `${stderr}`, explained);
  console.log([`${verdict}: ${what}`, ...lines].join("\n  "));
  if (verdict === "VULNERABLE") process.exitCode = 1;
}
