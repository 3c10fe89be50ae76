/** What the user can mend: its message says how, and no stack is shown. */
export class UserError extends Error {
  override readonly name: string = "UserError";
}
