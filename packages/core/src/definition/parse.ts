import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { Awaitable } from "../store/store.ts";
import { isUnchecked } from "./json.ts";

/** A value did not fit its type's schema; `issues` says where and why. */
export class SchemaRefused extends TypeError {
  readonly code = "SchemaRefused";
  readonly issues: readonly StandardSchemaV1.Issue[];

  constructor(root: string, issues: readonly StandardSchemaV1.Issue[]) {
    super(issues.map((issue) => `${pathOf(root, issue)}: ${issue.message}`).join("; "));
    this.name = "SchemaRefused";
    this.issues = issues;
  }
}

/** The output of `schema` for `value`, at once where the schema is synchronous; throws {@link SchemaRefused}. */
export function parse(
  schema: StandardSchemaV1 | undefined,
  value: unknown,
  root: string,
): Awaitable<unknown> {
  if (schema === undefined || isUnchecked(schema)) return value;
  const checked = schema["~standard"].validate(value);
  return checked instanceof Promise
    ? checked.then((result) => outputOf(result, root))
    : outputOf(checked, root);
}

function outputOf(result: StandardSchemaV1.Result<unknown>, root: string): unknown {
  if (result.issues === undefined) return result.value;
  throw new SchemaRefused(root, result.issues);
}

function pathOf(root: string, { path = [] }: StandardSchemaV1.Issue): string {
  const steps = path.map((step) => (typeof step === "object" ? step.key : step));
  return (
    root +
    steps.map((step) => (typeof step === "number" ? `[${step}]` : `.${String(step)}`)).join("")
  );
}
