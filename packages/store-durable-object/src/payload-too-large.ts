import { StoreError } from "@turno/core";

/** A row, or a text that makes rows, would be larger than the platform keeps: 2 MB. Nothing was stored. */
export class PayloadTooLarge extends StoreError {
  constructor(message: string, options?: ErrorOptions) {
    super("PayloadTooLarge", message, options);
  }
}
