import { z } from "zod";

/** What a customer sends. Prices are in cents. */
export const Order = z.object({
  customer: z.string().min(1).max(100),
  items: z
    .array(z.object({ name: z.string().min(1).max(100), price: z.int().min(0).max(1e9) }))
    .min(1)
    .max(100),
});

export type Order = z.infer<typeof Order>;
