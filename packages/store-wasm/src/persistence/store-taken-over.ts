import { StoreError } from "@turno/core";

/** Somebody else has opened what this store kept its jobs in, and holds it now. */
export class StoreTakenOver extends StoreError {
  constructor(message: string, options?: ErrorOptions) {
    super("StoreTakenOver", message, options);
  }
}
