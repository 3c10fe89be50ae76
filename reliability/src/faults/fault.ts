/** What can be wrong with a store on purpose. */
export type FaultName =
  | "early acknowledgement"
  | "no fence"
  | "uncounted attempts"
  | "no beat"
  // These a store on a server can have.
  | "sent again"
  | "lost for refused";
