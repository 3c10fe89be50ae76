// Writes what each packed package consists of and brings along into .pack, as CycloneDX: npm run pack, then this.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { faultsInBill } from "./supply-chain/faults-in-bill.mjs";
import { readTarball } from "./supply-chain/read-tarball.mjs";
import { withPackedIn } from "./supply-chain/with-packed-in.mjs";

// It asks no registry: the lockfile has the versions and hashes, the packages on disk have the licences.
const what = "--recursive --filter ./packages/* sbom --prod --split";
const how = "--sbom-format cyclonedx --sbom-spec-version 1.6 --out .pack/%s-%v.cdx.json";
const args = ["--yes", "pnpm@12.21.0", ...what.split(" "), ...how.split(" ")];
const { status } = spawnSync("npx", args, { stdio: ["ignore", "ignore", "inherit"] });
if (status !== 0) throw new Error(`pnpm sbom ended with ${status}`);

for (const name of readdirSync(".pack").filter((it) => it.endsWith(".tgz"))) {
  const path = `.pack/${name.replace(/\.tgz$/, ".cdx.json")}`;
  const manifest = JSON.parse(String(readTarball(`.pack/${name}`).get("package.json")));
  const bill = await withPackedIn(JSON.parse(readFileSync(path, "utf8")), manifest);
  writeFileSync(path, `${JSON.stringify(bill, null, 2)}\n`);
  const faults = faultsInBill(bill, manifest);
  console.log(
    `${faults.length === 0 ? "good" : "BAD "} ${path}: ${bill.components.length} components`,
  );
  if (faults.length === 0) continue;
  console.log(faults.join("\n"));
  process.exitCode = 1;
}
