import { AnswerLost, StoreBusy, StoreError } from "@turno/core";
import { describe, expect, it } from "vitest";
import { storeErrorOf } from "../../src/connection/store-error-of.ts";

const said = (code: string) => Object.assign(new Error(`Postgres said ${code}`), { code });

describe("an error of the driver", () => {
  it.each([
    ["40P01", "StoreBusy"],
    ["40001", "StoreBusy"],
    ["55P03", "StoreBusy"],
    ["57014", "StoreBusy"],
    ["53300", "StoreUnreachable"],
    ["57P03", "StoreUnreachable"],
    ["53100", "StoreFull"],
    ["25006", "StoreUnwritable"],
    ["42501", "StoreUnwritable"],
    ["28P01", "StoreUnwritable"],
    ["3D000", "StoreUnwritable"],
    ["42P01", "StoreCorrupt"],
    ["XX001", "StoreCorrupt"],
    ["TU001", "StoreMoving"],
    ["57P01", "AnswerLost"],
    ["57P02", "AnswerLost"],
    ["08006", "AnswerLost"],
    ["ECONNRESET", "AnswerLost"],
    ["EPIPE", "AnswerLost"],
  ])("with the code %s is a %s", (code, name) => {
    const error = storeErrorOf(said(code), true);
    expect(error).toMatchObject({ code: name, cause: { code } });
    expect((error as Error).message).toContain(`Postgres said ${code}`);
  });

  it.each(["ECONNREFUSED", "ETIMEDOUT", "57P01"])(
    "%s before anything was sent is a StoreUnreachable",
    (code) => {
      expect(storeErrorOf(said(code), false)).toMatchObject({ code: "StoreUnreachable" });
    },
  );

  it("that is about the statement alone is given back as it is", () => {
    const error = said("22003");
    expect(storeErrorOf(error, true)).toBe(error);
  });

  it("is read through those that a query builder has put around it", () => {
    const around = new Error("query failed", { cause: said("55P03") });
    expect(storeErrorOf(around, true)).toBeInstanceOf(StoreBusy);
  });

  it("without any code is a lost answer, and a StoreError stays what it is", () => {
    expect(storeErrorOf(new Error("Query read timeout"), true)).toBeInstanceOf(AnswerLost);
    const known = new StoreError("Known", "known");
    expect(storeErrorOf(known, true)).toBe(known);
  });
});
