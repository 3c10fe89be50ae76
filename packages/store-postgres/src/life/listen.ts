import type { Watched } from "@turno/core";
import type { Queryable } from "../connection/queryable.ts";
import { bellIn, channelOf } from "./channel.ts";

/** Calls the listener when somebody else rings that bell. */
export type Listen = (listener: () => void, what: Watched) => Disposable;

/** A PGlite, which many stores of one process may share. */
interface Listening {
  listen(channel: string, callback: (payload: string) => void): Promise<() => Promise<void>>;
}

/** How to listen on a client that was handed in and can tell of notifications itself; undefined where it cannot. */
export function listenOn(target: Queryable, schema: string, sign: number): Listen | undefined {
  if (!isListening(target)) return undefined;
  return (listener, what) => {
    // PGlite takes what would stand after LISTEN: without quotes a dot is no part of a name.
    const listening = target.listen(`"${channelOf(schema)}"`, (payload) => {
      if (bellIn(payload, sign).some((bell) => bell === what)) listener();
    });
    // Bells are hints: whoever cannot hear them looks now and then.
    const stopping = listening.catch(() => async () => {});
    return {
      [Symbol.dispose]() {
        stopping.then((stop) => stop()).catch(() => {});
      },
    };
  };
}

function isListening(target: Queryable): target is Queryable & Listening {
  return "listen" in target && typeof target.listen === "function";
}
