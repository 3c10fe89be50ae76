import { AnswerLost, type Job, StoreUnreachable, type Write } from "@turno/core";
import type { PostgresStore } from "@turno/store-postgres";
import type { PostgresPlace } from "../processes/options.ts";
import { acknowledgingBeforeCommit } from "./acknowledging-before-commit.ts";
import type { FaultName } from "./fault.ts";
import { overridden } from "./overridden.ts";

/** The store with a fault, or as it is where none is wanted. */
export async function spoiltPostgres(
  store: PostgresStore,
  place: PostgresPlace,
  fault: FaultName | undefined,
): Promise<PostgresStore> {
  switch (fault) {
    case undefined:
      return store;
    case "early acknowledgement":
      return await acknowledgingBeforeCommit(store, place);
    case "no fence":
      return withoutFence(store);
    case "sent again":
      return sendingAgain(store);
    case "lost for refused":
      return refusingWhatIsLost(store);
    case "uncounted attempts":
    case "no beat":
      throw new TypeError(`a store on Postgres is not given the fault "${fault}"`);
  }
}

/** A store that replaces a job without looking whether anybody has written it since it was read. */
function withoutFence(store: PostgresStore): PostgresStore {
  const upToDate = async (jobs: readonly Job[]) => {
    const stored = await store.get(jobs.map(({ seq }) => seq));
    return jobs.map((job, index) => ({ ...job, revision: (stored[index]?.revision ?? 0) + 1 }));
  };
  return overridden(store, {
    async commit(write) {
      const replace = await upToDate(write.replace ?? []);
      // Twice, or completed jobs are written together, and only those that run.
      const committed = await store.commit({ ...write, replace: [...replace, ...replace] });
      return { ...committed, replaced: committed.replaced.slice(0, replace.length) };
    },
  });
}

/** A store that takes it for a refusal when the answer to a commit is lost, and sends it again. */
function sendingAgain(store: PostgresStore): PostgresStore {
  const commit = async (write: Write): ReturnType<PostgresStore["commit"]> => {
    try {
      return await store.commit(write);
    } catch (error) {
      if (error instanceof AnswerLost) return await commit(write);
      throw error;
    }
  };
  return overridden(store, { commit });
}

/** A store that says of a commit whose answer is lost that nothing was done. */
function refusingWhatIsLost(store: PostgresStore): PostgresStore {
  return overridden(store, {
    commit: async (write) => {
      try {
        return await store.commit(write);
      } catch (error) {
        if (!(error instanceof AnswerLost)) throw error;
        throw new StoreUnreachable("nothing was done", { cause: error });
      }
    },
  });
}
