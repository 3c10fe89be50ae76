import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { JobDefinition } from "./job-definition.ts";
import type { FaultOf } from "./jsonable.ts";

/** The definitions `D`, whose schemas have to take only what JSON keeps. */
export type JsonDefinitions<D> = { readonly [T in keyof D]: JsonDefinition<D[T]> };

interface JsonDefinition<J> extends Omit<JobDefinition, "payload" | "result"> {
  /** What a payload looks like: any Standard Schema, or `json()`. Absent: there is none. */
  readonly payload?: JsonSchema<J, "payload">;
  /** What a result looks like, checked before it is stored. Absent: no result is kept. */
  readonly result?: JsonSchema<J, "result">;
}

/** Any schema; the words of a fault where the one that `J` has takes what JSON cannot keep. */
type JsonSchema<J, Part extends string> = J extends {
  readonly [P in Part]: infer S extends StandardSchemaV1;
}
  ? [FaultOf<StandardSchemaV1.InferInput<S>, Part>] extends [never]
    ? StandardSchemaV1
    : FaultOf<StandardSchemaV1.InferInput<S>, Part>
  : StandardSchemaV1;
