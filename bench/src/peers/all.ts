import type { Entry } from "../peer.ts";
import { LITEQUE } from "./liteque.ts";
import { PLAINJOB } from "./plainjob.ts";
import { RAW } from "./raw.ts";
import { TURNO } from "./turno-stores.ts";

/** All that take part, in the order of the tables; one with a server of its own is one line more. */
export const PEERS: readonly Entry[] = [...RAW, ...TURNO, ...PLAINJOB, ...LITEQUE];
