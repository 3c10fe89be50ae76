/**
 * What a synchronous step throws when its process is killed there: there is no other way not to return. `catch` and
 * `finally` blocks do see it, but no step that they take has an effect, and nothing they make of the job is stored.
 */
export class Crashed extends Error {
  override readonly name = "Crashed";

  constructor() {
    super("the process was killed, as planned; its handler cannot go on");
  }
}
