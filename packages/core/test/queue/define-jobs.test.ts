import { defineJobs, json, MemoryStore, Queue } from "@turno/core";
import { describe, expect, it } from "vitest";
import { schema } from "../schema.ts";

describe("defineJobs", () => {
  it("returns what it was given", () => {
    const definitions = {
      mail: {
        payload: json<string>(),
        result: schema<number>((value) => ({ value })),
        priority: -5,
      },
      nightly: { backoff: () => 5, timeoutMs: 1, maxAttempts: 1_000_000 },
    };
    expect(defineJobs(definitions)).toBe(definitions);
  });

  it("takes a schema that is a function", () => {
    const callable = Object.assign(() => {}, json<string>());
    expect(() => defineJobs({ mail: { payload: callable } })).not.toThrow();
  });

  it.each([
    [null, /jobs must be an object of definitions by type, but is null/],
    ["mail", /jobs must be an object .* "mail"/],
    [{ mail: null }, /^the definition of "mail": a definition must be an object, but is null/],
    [{ mail: 5 }, /"mail": .* 5/],
    [{ "": {} }, /type must not be empty/],
    [{ "a\tb": {} }, /type must not contain control characters/],
    [{ mail: { payloads: json() } }, /"mail": there is no "payloads"; there are payload, result/],
    [{ mail: { uniqueKey: "k" } }, /"mail": there is no "uniqueKey"/],
    [JSON.parse('{"mail":{"__proto__":1}}'), /"mail": there is no "__proto__"/],
    [{ mail: { payload: {} } }, /"mail": payload must be a Standard Schema .* an object/],
    [{ mail: { payload: null } }, /"mail": payload must be a Standard Schema .* null/],
    [{ mail: { result: "number" } }, /"mail": result must be a Standard Schema .* "number"/],
    [{ mail: { priority: 0.5 } }, /"mail": priority .* 0\.5/],
    [{ mail: { maxAttempts: 0 } }, /"mail": maxAttempts .* 0/],
    [{ mail: { timeoutMs: -1 } }, /"mail": timeoutMs .* -1/],
    [{ mail: { backoff: { jitter: 2 } } }, /"mail": backoff\.jitter .* 2/],
    [{ mail: { backoff: { base: 2 } } }, /"mail": backoff has .* not "base"/],
    [{ mail: { backoff: 5 } }, /"mail": backoff must be an object .* 5/],
  ])("refuses %o, and so does a queue", (definitions, message) => {
    expect(() => defineJobs(definitions as never)).toThrow(message);
    expect(() => defineJobs(definitions as never)).toThrow(TypeError);
    const store = new MemoryStore();
    expect(() => new Queue({ store, jobs: definitions as never })).toThrow(message);
  });
});
