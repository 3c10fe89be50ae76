import type { Entry } from "../peer.ts";
import { BULLMQ_POSTGRES } from "./bullmq-postgres.ts";
import { BULLMQ_REDIS } from "./bullmq-redis.ts";
import { GRAPHILE_WORKER } from "./graphile-worker.ts";
import { LITEQUE } from "./liteque.ts";
import { PG_BOSS } from "./pg-boss.ts";
import { PLAINJOB } from "./plainjob.ts";
import { RAW } from "./raw.ts";
import { TURNO } from "./turno-stores.ts";

/** All that take part, in the order of the tables; one with a server of its own is one line more. */
export const PEERS: readonly Entry[] = [
  ...RAW,
  ...TURNO,
  ...PLAINJOB,
  ...LITEQUE,
  ...BULLMQ_REDIS,
  ...BULLMQ_POSTGRES,
  ...PG_BOSS,
  ...GRAPHILE_WORKER,
];
