import type { Committed, Job, Write } from "@turno/core";
import { turns } from "../../src/turns.ts";
import { type Caller, SharedStore } from "./shared-store.ts";

/** Shared data with one fault each, which is what the name says, and the step that must find it. */
export const faultyKills: Readonly<
  Record<string, { readonly step: "kill" | "reload" | "write and kill"; open(): SharedStore }>
> = {
  "loses what was acknowledged last when its connection is killed": {
    step: "kill",
    open: () =>
      new (class extends WithPast {
        override killed = (connection: Caller) => {
          if (connection === this.lastOver) this.goBack();
        };
      })(),
  },
  "loses the notes at a kill": {
    step: "kill",
    open: () =>
      new (class extends SharedStore {
        override killed = () => this.noted.clear();
      })(),
  },
  "gives the number of a worker once more after a kill": {
    step: "kill",
    open: () =>
      new (class extends SharedStore {
        override killed = () => (this.lastWorker = Math.max(0, ...this.known.keys()));
      })(),
  },
  "gives the number of a job once more after a kill": {
    step: "kill",
    open: () =>
      new (class extends SharedStore {
        override killed = () => (this.lastSeq = Math.max(0, this.lastSeq - 1));
      })(),
  },
  "gives up the workers of a connection that lives": {
    step: "kill",
    open: () =>
      new (class extends SharedStore {
        override killed = () => this.known.clear();
      })(),
  },
  "tells that workers are gone whose connection lives": {
    step: "kill",
    open: () =>
      new (class extends SharedStore {
        #kills = 0;
        override killed = () => void (this.#kills += 1);
        protected override isGone = () => this.#kills > 0;
      })(),
  },
  "takes the claims of a killed connection back": {
    step: "kill",
    open: () =>
      new (class extends SharedStore {
        override killed = (connection: Caller) => {
          for (const job of this.all()) {
            if (job.state === "running" && this.joinedOver.get(job.worker) === connection)
              this.jobs.set(job.seq, { ...job, state: "pending", ready: true } as never);
          }
        };
      })(),
  },
  "keeps pauses in the memory of the processes": {
    step: "reload",
    open: () =>
      new (class extends SharedStore {
        override killed = () => {
          if (this.alive.size === 0) this.paused.clear();
        };
      })(),
  },
  "goes on without the last commit when all connections were killed": {
    step: "reload",
    open: () =>
      new (class extends WithPast {
        override killed = () => {
          if (this.alive.size === 0) this.goBack();
        };
      })(),
  },
  "does once more what is under way when another connection is killed": {
    step: "write and kill",
    open: () =>
      new (class extends SharedStore {
        #kills = 0;
        override killed = () => void (this.#kills += 1);
        override async commitOver(connection: Caller, write: Write): Promise<Committed> {
          const kills = this.#kills;
          const answer = await super.commitOver(connection, write);
          await turns(2);
          return kills === this.#kills ? answer : await super.commitOver(connection, write);
        }
      })(),
  },
  "answers for what a kill of the other connection has undone": {
    step: "write and kill",
    open: () =>
      new (class extends WithPast {
        #underWay = 0;
        override async commitOver(connection: Caller, write: Write): Promise<Committed> {
          this.#underWay += 1;
          const answer = await super.commitOver(connection, write);
          await turns(2);
          this.#underWay -= 1;
          return answer;
        }
        override killed = (connection: Caller) => {
          if (this.#underWay > 0 && connection !== this.lastOver) this.goBack();
        };
      })(),
  },
  "does half of what a killed connection asked for": {
    step: "write and kill",
    open: () =>
      new (class extends SharedStore {
        override async commitOver(connection: Caller, write: Write): Promise<Committed> {
          const { claim, add, ...others } = write;
          const first = await this.commit(others);
          await turns(1);
          if (connection.isKilled) return first;
          const second = await this.commit({ now: write.now, add, claim });
          return { ...second, replaced: first.replaced };
        }
      })(),
  },
  "does what a killed connection asked for when another has long been opened": {
    step: "write and kill",
    open: () =>
      new (class extends SharedStore {
        #late: Write | undefined;
        #looks = 0;
        override tooLate = (write: Write) => {
          this.#late = write;
          this.#looks = 0;
        };
        override async list(filter: Parameters<SharedStore["list"]>[0]) {
          this.#looks += 1;
          if (this.#looks > 3) await this.#comeLate();
          return await super.list(filter);
        }
        async #comeLate() {
          const late = this.#late;
          this.#late = undefined;
          if (late !== undefined) await this.commit(late);
        }
      })(),
  },
};

/** Data that can go back to what they were before the last commit. */
class WithPast extends SharedStore {
  protected lastOver: Caller | undefined;
  #past: ReadonlyMap<number, Job> = new Map();

  override async commitOver(connection: Caller, write: Write): Promise<Committed> {
    this.lastOver = connection;
    this.#past = new Map(this.jobs);
    return await super.commitOver(connection, write);
  }

  protected goBack(): void {
    this.jobs.clear();
    for (const [seq, job] of this.#past) this.jobs.set(seq, job);
  }
}
