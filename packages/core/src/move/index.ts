export { move } from "./move.ts";
export type { MoveOptions, MoveProgress } from "./move-options.ts";
export type { Moved } from "./move.ts";
