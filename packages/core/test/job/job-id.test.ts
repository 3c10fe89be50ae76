import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  decodeJobId,
  encodeJobId,
  SALT_LIMIT,
  SEQ_LIMIT,
  seqOfJobId,
} from "../../src/job/job-id.ts";

const parts = fc.record({
  createdAt: fc.integer({ min: 0, max: 2 ** 48 - 1 }),
  salt: fc.integer({ min: 0, max: SALT_LIMIT - 1 }),
  seq: fc.integer({ min: 0, max: SEQ_LIMIT - 1 }),
});

describe("the id of a job", () => {
  it("carries what it was made of", () => {
    fc.assert(
      fc.property(parts, (made) => {
        expect(decodeJobId(encodeJobId(made))).toEqual(made);
      }),
      {
        examples: [
          [{ createdAt: 0, salt: 0, seq: 0 }],
          [{ createdAt: 2 ** 48 - 1, salt: SALT_LIMIT - 1, seq: SEQ_LIMIT - 1 }],
        ],
      },
    );
  });

  it("has the form of a UUID of version 7 in lower case, and its time where RFC 9562 has it", () => {
    const form = /^([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
    fc.assert(
      fc.property(parts, (made) => {
        const [, high = "", low = ""] = form.exec(encodeJobId(made)) ?? [];
        expect(Number.parseInt(high + low, 16)).toBe(made.createdAt);
      }),
    );
  });

  it("is the one of RFC 9562's own example, for the bits of that example", () => {
    // RFC 9562, A.6: 017F22E2-79B0-7CC3-98C4-DC0C0C07398F
    const id = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f";
    const made = decodeJobId(id);
    expect(made?.createdAt).toBe(1_645_557_742_000);
    expect(made && encodeJobId(made)).toBe(id);
  });

  it("sorts by age within a database: by time, then by row number", () => {
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        const [first, second] = [encodeJobId(a), encodeJobId({ ...b, salt: a.salt })];
        const byAge = a.createdAt - b.createdAt || a.seq - b.seq;
        expect(Math.sign(Number(first > second) - Number(first < second))).toBe(Math.sign(byAge));
      }),
    );
  });

  it("is another in another database, or for another row", () => {
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        const same = a.createdAt === b.createdAt && a.salt === b.salt && a.seq === b.seq;
        expect(encodeJobId(a) === encodeJobId(b)).toBe(same);
      }),
    );
  });

  it("has its form at the end of time too, which is beyond its 48 bits", () => {
    const id = encodeJobId({ createdAt: 8.64e15, salt: 1, seq: 2 });
    expect(decodeJobId(id)).toEqual({ createdAt: 8.64e15 % 2 ** 48, salt: 1, seq: 2 });
  });

  it.for([
    "",
    "1",
    "017f22e2-79b0-4cc3-98c4-dc0c0c07398f",
    "017f22e2-79b0-7cc3-c8c4-dc0c0c07398f",
    "017F22E2-79B0-7CC3-98C4-DC0C0C07398F",
    "017f22e279b07cc398c4dc0c0c07398f",
    "017f22e2-79b0-7cc3-98c4-dc0c0c07398f\n",
    " 017f22e2-79b0-7cc3-98c4-dc0c0c07398f",
  ])("is not %o", (text) => {
    expect(decodeJobId(text)).toBeUndefined();
    expect(() => seqOfJobId(text, 1)).toThrow("a job's id looks like a UUID of version 7");
  });

  it("finds its row in its own database only", () => {
    fc.assert(
      fc.property(parts, (made) => {
        const id = encodeJobId(made);
        expect(seqOfJobId(id, made.salt)).toBe(made.seq);
        expect(() => seqOfJobId(id, (made.salt + 1) % SALT_LIMIT)).toThrow("another database");
      }),
    );
    expect(() => seqOfJobId(5, 1)).toThrow(TypeError);
  });
});
