import { expect, it } from "vitest";
import { verdictOf } from "../supply-chain/verdict-of.mjs";

const none = { info: 0, low: 0, moderate: 0, high: 0, critical: 0 };

it("an answer without findings is clean", () => {
  const report = JSON.stringify({ advisories: {}, metadata: { vulnerabilities: none } });
  expect(verdictOf(report, "", "")).toEqual({ verdict: "clean", lines: [] });
});

it.each([
  ["", "Error: ERR_PNPM_AUDIT_BAD_RESPONSE responded with 405:", "405"],
  ["", "getaddrinfo ENOTFOUND", "ENOTFOUND"],
  [JSON.stringify({ message: "Method Not Allowed", statusCode: 405 }), "", "405"],
  ["{}", "", "no reason"],
])("no answer is not taken for a clean one: %j", (stdout, stderr, reason) => {
  const { verdict, lines } = verdictOf(stdout, stderr, "");
  expect(verdict).toBe("could not be asked");
  expect(lines).toEqual([
    `the registry gave no answer to an audit (${reason}), so nothing is known`,
  ]);
});

const ofPnpm = {
  advisories: {
    7: {
      github_advisory_id: "GHSA-aaaa-bbbb-cccc",
      severity: "high",
      module_name: "left-pad",
      vulnerable_versions: "<2",
      title: "pads too far",
    },
  },
  metadata: { vulnerabilities: { ...none, high: 1 } },
};

const ofNpm = {
  vulnerabilities: {
    "left-pad": {
      via: [
        {
          url: "https://github.com/advisories/GHSA-aaaa-bbbb-cccc",
          severity: "high",
          name: "left-pad",
          range: "<2",
          title: "pads too far",
        },
      ],
    },
    above: { via: ["left-pad"] },
  },
  metadata: { vulnerabilities: { ...none, high: 2, total: 2 } },
};

it.each([ofPnpm, ofNpm])("a finding is told by name, unless it is explained", (report) => {
  const text = JSON.stringify(report);
  const lines = ["GHSA-aaaa-bbbb-cccc high: left-pad <2, pads too far"];
  expect(verdictOf(text, "", "")).toEqual({ verdict: "VULNERABLE", lines });
  expect(verdictOf(text, "", "GHSA-aaaa-bbbb-cccc: only a test pads.")).toEqual({
    verdict: "explained",
    lines,
  });
});
