import type { StandardSchemaV1 } from "@standard-schema/spec";

/** A Standard Schema that checks with `validate`. */
export function schema<I, O = I>(
  validate: (value: never) => StandardSchemaV1.Result<O> | Promise<StandardSchemaV1.Result<O>>,
): StandardSchemaV1<I, O> {
  return {
    "~standard": {
      version: 1,
      vendor: "test",
      validate: validate as StandardSchemaV1.Props<I, O>["validate"],
    },
  };
}

/** The same, but its answer takes a turn of the event loop. */
export function asyncSchema<I, O = I>(validate: (value: never) => StandardSchemaV1.Result<O>) {
  return schema<I, O>(async (value) => {
    await new Promise<void>((resolve) => void setImmediate(resolve));
    return validate(value);
  });
}
