import { storeSuite } from "@turno/testkit";
import { PlainStore } from "./plain-store.ts";

storeSuite("plain", { open: () => new PlainStore() });

storeSuite("plain, with two connections and opened again", {
  open: () => new PlainStore(),
  openSecond: (store) => store,
  reopen: (store) => store,
});
