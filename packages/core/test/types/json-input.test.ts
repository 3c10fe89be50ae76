import { defineJobs, json, type Jsonable } from "@turno/core";
import { type as ark } from "arktype";
import * as v from "valibot";
import { describe, expectTypeOf, it } from "vitest";
import { z } from "zod";

interface Mail {
  to: string;
  readonly copies: readonly string[];
  subject?: string;
  attachment?: { name: string } | undefined;
  anything: unknown;
}
interface Tree {
  name: string;
  children: Tree[];
  parent?: Tree | null;
}
type AnyJson = string | number | boolean | null | AnyJson[] | { [key: string]: AnyJson };
declare const brand: unique symbol;
type UserId = string & { readonly [brand]: "UserId" };
type Account = { owner: UserId } & { readonly [brand]: "Account" };
const category = z.object({
  name: z.string(),
  get parts() {
    return z.array(category);
  },
});

describe("a schema whose input is JSON", () => {
  it("compiles, whatever it is made of", () => {
    defineJobs({
      interface: { payload: json<Mail>(), result: json<Mail[]>() },
      recursive: { payload: json<Tree>(), result: json<{ json: AnyJson; name: string }>() },
      json: { payload: json<AnyJson>(), result: json<Record<string, AnyJson>>() },
      branded: { payload: json<UserId>(), result: json<Account>() },
      union: { payload: json<{ kind: "a"; x: 1 } | { kind: "b" } | null | false>() },
      tuple: { payload: json<readonly [string, number]>(), result: json<[]>() },
      literal: { payload: json<{ colour: "red" | "blue" }>() },
      unknown: { payload: json<unknown>(), result: z.unknown() },
      // oxlint-disable-next-line typescript/no-explicit-any -- that it compiles is what is tested.
      any: { payload: json<any>(), result: z.object({ it: z.any() }) },
      none: {},
    });
  });

  it("compiles where only the output is not JSON", () => {
    defineJobs({
      zod: { payload: z.codec(z.iso.datetime(), z.date(), instants), result: z.coerce.date() },
      recursive: { payload: category },
      valibot: {
        payload: v.pipe(
          v.string(),
          v.transform((text) => new Date(text)),
        ),
      },
      default: { payload: v.object({ tries: v.optional(v.number(), 1) }) },
      arktype: { payload: ark("string.date.parse"), result: ark({ "n?": "string.numeric.parse" }) },
    });
  });
});

const instants = {
  decode: (text: string) => new Date(text),
  encode: (date: Date) => date.toISOString(),
};

describe("Jsonable", () => {
  it("takes what JSON keeps", () => {
    expectTypeOf<Mail>().toExtend<Jsonable<Mail>>();
    expectTypeOf<Tree>().toExtend<Jsonable<Tree>>();
  });

  it("takes nothing else", () => {
    expectTypeOf<Date>().not.toExtend<Jsonable<Date>>();
    expectTypeOf<{ at?: Date }>().not.toExtend<Jsonable<{ at?: Date }>>();
    expectTypeOf<string | undefined>().not.toExtend<Jsonable<string | undefined>>();
    expectTypeOf<undefined[]>().not.toExtend<Jsonable<undefined[]>>();
    expectTypeOf<Record<number, Date>>().not.toExtend<Jsonable<Record<number, Date>>>();
    expectTypeOf<symbol>().not.toExtend<Jsonable<symbol>>();
    expectTypeOf<Uint8Array>().not.toExtend<Jsonable<Uint8Array>>();
    expectTypeOf<() => void>().not.toExtend<Jsonable<() => void>>();
    expectTypeOf<Promise<string>>().not.toExtend<Jsonable<Promise<string>>>();
    expectTypeOf<Tree & { at: bigint }>().not.toExtend<Jsonable<Tree & { at: bigint }>>();
  });
});
