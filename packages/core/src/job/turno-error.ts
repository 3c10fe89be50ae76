/**
 * What a caller could not prevent. `code` is documented and stable; `message` says what failed, names the job or
 * the file, and ends with what to do.
 */
export class TurnoError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.name = code;
  }
}
