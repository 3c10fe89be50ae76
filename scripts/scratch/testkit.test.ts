import * as testkit from "@turno/testkit";
import { expect, test } from "vitest";

test("the published suite can be imported", () => {
  expect(testkit).toBeDefined();
});
