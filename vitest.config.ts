// Vitest looks for this name only; without it, it would run every file in one project and say nothing.
export { default } from "./vitest.workspace.ts";
