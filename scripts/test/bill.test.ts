import { expect, it } from "vitest";
import { faultsInBill } from "../supply-chain/faults-in-bill.mjs";
import { type Bill, withPackedIn } from "../supply-chain/with-packed-in.mjs";

const manifest = {
  name: "@turno/store-wasm",
  version: "0.1.0",
  dependencies: { "@turno/core": "^0.1.0" },
  devDependencies: { "sql.js": "1.16.0" },
};

it("a bill of materials has what the package brings, and what is packed into it", async () => {
  const bill = await withPackedIn(aBill(), manifest);
  expect(faultsInBill(bill, manifest)).toEqual([]);
  expect(bill.components.map(({ purl }) => purl)).toEqual([
    "pkg:npm/%40turno/core@0.1.0",
    "pkg:npm/sql.js@1.16.0",
    expect.stringMatching(/^pkg:generic\/sqlite@3\.\d+\.\d+$/),
  ]);
});

it("one without it is refused", () => {
  expect(faultsInBill(aBill(), manifest)).toEqual([
    "sql.js is missing",
    "sqlite is missing",
    "sql.js is not of the version that is packed",
  ]);
});

it("one of another package, without a dependency, a version, a licence or a hash is refused", () => {
  const { components, ...bill } = aBill();
  const other = { name: "@turno/core", version: "0.1.0", dependencies: { "fast-check": "4.10.2" } };
  const bare = component("left-pad", "latest", { licenses: [] });
  expect(faultsInBill({ ...bill, components: [...components, bare] }, other)).toEqual([
    "it is of pkg:npm/%40turno/store-wasm@0.1.0",
    "fast-check is missing",
    "left-pad has no version",
    "left-pad has no licence",
    "left-pad has no hash",
    "nothing depends on pkg:npm/left-pad@latest",
  ]);
});

/** As pnpm writes it. */
function aBill(): Bill {
  const self = component("store-wasm", "0.1.0", { group: "@turno" });
  const core = component("core", "0.1.0", { group: "@turno" });
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    metadata: { component: self },
    components: [core],
    dependencies: [{ ref: self["bom-ref"], dependsOn: [core["bom-ref"]] }],
  };
}

function component(name: string, version: string, { group = "", licenses = [{}] as object[] }) {
  const purl = `pkg:npm/${group && `${encodeURIComponent(group)}/`}${name}@${version}`;
  return { name, version, group, purl, "bom-ref": purl, licenses };
}
