/**
 * For oxlint: a Date may be read, but none be made from the current time.
 * @param {{ report(problem: { node: unknown, message: string }): void }} context
 */
function create(context) {
  /** @param {any} node */
  const isDate = (node) => node.type === "Identifier" && node.name === "Date";
  /** @param {any} node */
  const report = (node) =>
    context.report({ node, message: "There is no clock here: the instant is an argument." });
  return {
    /** @param {any} node */
    NewExpression(node) {
      if (isDate(node.callee) && node.arguments.length === 0) report(node);
    },
    /** @param {any} node */
    CallExpression(node) {
      if (isDate(node.callee)) report(node);
    },
  };
}

export default { meta: { name: "turno" }, rules: { "no-clock": { create } } };
