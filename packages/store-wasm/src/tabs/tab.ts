import { type BeatReply, StoreNewer, type Watched, type WorkerId } from "@turno/core";
import type { Call } from "../holder/call.ts";
import { Hearts } from "./hearts.ts";
import type { Answer, FromPage, Letter, News, TabSettings, ToPage } from "./messages.ts";
import { Outbox } from "./outbox.ts";
import { type PlainError, plainError } from "./plain-error.ts";
import { Post } from "./post.ts";
import { Reign } from "./reign.ts";
import type { TabEnvironment } from "./tab-environment.ts";
import { Watchdog } from "./watchdog.ts";

/** Who leads, and for which time in its life. */
interface Leader {
  readonly leader: string;
  readonly reign: number;
}

/** Raised whenever tabs of another version would not understand each other. */
const PROTOCOL = 1;

/**
 * One tab's part in a queue, in the tab's dedicated worker. The tab that leads has the database; the others send it
 * their calls, and send them again to whoever leads next.
 */
export class Tab {
  readonly #environment: TabEnvironment;
  readonly #tell: (message: ToPage) => void;
  readonly #life: string;
  readonly #endLife: () => void;
  readonly #outbox = new Outbox();
  readonly #hearts: Hearts;
  readonly #reign: Reign;
  /** These two are undefined where there are no locks, and so no other tabs. */
  readonly #post: Post | undefined;
  readonly #watchdog: Watchdog | undefined;
  #leader: Leader | undefined;
  #salt: number | undefined;
  /** The data that the page knows were deleted: it ends its worker when it hears of that. */
  #isOver = false;
  /** Why the tab that leads cannot be called. */
  #strange: PlainError | undefined;
  #beats = 0;
  #alarm: unknown;

  private constructor(
    environment: TabEnvironment,
    settings: TabSettings,
    life: string,
    endLife: () => void,
    tell: (message: ToPage) => void,
  ) {
    const { clock, locks, channel } = environment;
    const name = nameOf(settings);
    this.#environment = environment;
    this.#tell = tell;
    this.#life = life;
    this.#salt = settings.salt;
    this.#endLife = endLife;
    this.#hearts = new Hearts({
      clock,
      beat: (worker) => this.#beat(worker),
      tell: (worker, answer) => tell({ kind: "beaten", worker, answer }),
    });
    this.#post =
      locks &&
      new Post({
        open: channel,
        name,
        life,
        onNews: (news) => this.#hearNews(news),
        onLetter: (letter) => void this.#hearLetter(letter),
      });
    this.#watchdog =
      locks &&
      new Watchdog({
        clock,
        isWaiting: () =>
          !this.#reign.isLeading && (this.#salt === undefined || !this.#outbox.isEmpty),
        ask: () => this.#ask(),
        onSilent: () => this.#reign.seize(),
      });
    this.#reign = new Reign({
      environment,
      settings,
      life,
      lock: `${name}/leader`,
      lockOf: (other) => lockOf(settings, other),
      onAboutToLead: () => this.#post?.tell({ kind: "about to lead" }),
      onLead: (reign, salt) => this.#lead(reign, salt),
      onEnd: () => this.#lookForLeader(),
      onRefused: (error) => this.#refuse(error),
      onRing: (what, by) => this.#ring(what, by),
      onTabOver: (other) => {
        this.#post?.forget(other);
        this.#ring("lost", other);
      },
    });
    this.#lookForLeader();
    this.#watchdog?.watch();
  }

  /** Takes part from the moment on at which others can see that it lives. */
  static join(
    environment: TabEnvironment,
    settings: TabSettings,
    tell: (message: ToPage) => void,
  ): Promise<Tab> {
    const { locks, newId } = environment;
    const life = newId();
    return new Promise((resolve, reject) => {
      const live = () => {
        const { promise: ended, resolve: end } = Promise.withResolvers<void>();
        resolve(new Tab(environment, settings, life, end, tell));
        return ended;
      };
      if (locks === undefined) void live();
      else locks.request(lockOf(settings, life), live).catch(reject);
    });
  }

  /** Does what the page says. */
  hear(message: FromPage): void {
    switch (message.kind) {
      case "call": {
        const { caller, call } = message.call;
        const answer = (given: Answer) => this.#tell({ kind: "answer", caller, call, ...given });
        return this.#send(message.call, answer);
      }
      case "beat":
        return this.#hearts.beat(message.worker, message.everyMs);
      case "rest":
        return this.#hearts.rest(message.worker);
      case "silence":
        return this.#hearts.silence(message.worker, message.inMs);
      case "heard":
        return this.#hearts.heard(message.worker);
      case "wake":
        return this.#wakeIn(message.inMs);
      case "close":
        return void this.#close();
      case "open":
    }
  }

  #send(call: Call, onAnswer: (answer: Answer) => void): void {
    this.#outbox.add(call, onAnswer);
    if (this.#strange !== undefined) return this.#outbox.refuse(this.#strange);
    void this.#deliver(call);
    this.#watchdog?.watch();
  }

  async #deliver(call: Call): Promise<void> {
    const salt = this.#salt;
    // What was meant for other data must not be done to these.
    if (this.#leader === undefined || salt === undefined || this.#isOver) return;
    const { leader } = this.#leader;
    if (leader !== this.#life)
      return this.#post?.send(leader, { kind: "call", from: this.#life, salt, call });
    const answer = await this.#reign.serve(call, this.#life);
    if (answer !== undefined) this.#outbox.answer(call, answer);
  }

  #beat(worker: WorkerId): Promise<Answer<BeatReply>> {
    const call = ++this.#beats;
    return new Promise((resolve) => {
      this.#send(
        { caller: this.#life, call, done: call, method: "beat", args: [worker] },
        (answer) => resolve(answer as Answer<BeatReply>),
      );
    });
  }

  #lead(reign: number, salt: number): void {
    const news = { leader: this.#life, reign, salt, protocol: PROTOCOL };
    this.#post?.tell({ kind: "leads", ...news });
    this.#follow(news);
  }

  /** From now on that one has to answer; what it was not sent, or another has not answered, is sent to it. */
  #follow({ salt, protocol, ...leader }: Leader & { salt: number; protocol: number }): void {
    this.#watchdog?.heard();
    this.#strange = protocol === PROTOCOL ? undefined : strange();
    if (this.#strange !== undefined) return this.#refuse(this.#strange);
    if (leader.leader === this.#leader?.leader && leader.reign === this.#leader.reign) return;
    this.#isOver ||= this.#salt !== undefined && salt !== this.#salt;
    this.#leader = leader;
    this.#post?.forgetAllBut(leader.leader);
    if (salt !== this.#salt) this.#tell({ kind: "open", salt, isShared: this.#post !== undefined });
    this.#salt = salt;
    for (const call of this.#outbox.calls) void this.#deliver(call);
  }

  /** Nobody can carry out the calls of this tab now. */
  #refuse(error: PlainError): void {
    if (this.#salt === undefined) this.#tell({ kind: "refused", error });
    this.#outbox.refuse(error);
  }

  #lookForLeader(): void {
    if (this.#leader?.leader === this.#life) this.#leader = undefined;
    this.#post?.tell({ kind: "who leads?" });
  }

  #ask(): void {
    const leader = this.#leader?.leader;
    if (leader === undefined) this.#post?.tell({ kind: "who leads?" });
    else this.#post?.send(leader, { kind: "ping", from: this.#life });
  }

  #hearNews(news: News): void {
    switch (news.kind) {
      case "leads":
        // One whose place was taken says so for as long as it does not know.
        return this.#reign.isLeading ? undefined : this.#follow(news);
      case "about to lead":
        return this.#watchdog?.heardOfNext();
      case "who leads?":
        return this.#reign.isLeading ? this.#repeat() : undefined;
      case "bell":
        return this.#tellPage(news.what, news.by);
    }
  }

  #repeat(): void {
    const { leader, reign } = this.#leader ?? {};
    if (leader === this.#life && reign !== undefined && this.#salt !== undefined)
      this.#post?.tell({ kind: "leads", leader, reign, salt: this.#salt, protocol: PROTOCOL });
  }

  async #hearLetter(letter: Letter): Promise<void> {
    const { from } = letter;
    if (from === this.#leader?.leader) this.#watchdog?.heard();
    switch (letter.kind) {
      case "ping":
        // Who waits for one that leads no more must not be kept waiting.
        return this.#reign.isLeading
          ? this.#post?.send(from, { kind: "pong", from: this.#life })
          : undefined;
      case "pong":
        return;
      case "answer":
        // An earlier leader may say that it has refused what the present one has done since.
        if (from === this.#leader?.leader && letter.reign === this.#leader.reign)
          this.#outbox.answer(letter, letter);
        return;
      case "call": {
        // It was sent to data that were deleted; who sent it hears of that.
        if (letter.salt !== this.#salt) return;
        const reign = this.#leader?.reign ?? 0;
        const answer = await this.#reign.serve(letter.call, from);
        const { caller, call } = letter.call;
        if (answer !== undefined)
          this.#post?.send(from, {
            kind: "answer",
            from: this.#life,
            reign,
            caller,
            call,
            ...answer,
          });
      }
    }
  }

  #ring(what: Watched, by: string): void {
    this.#post?.tell({ kind: "bell", what, by });
    this.#tellPage(what, by);
  }

  /** Nobody is told of what he did himself. */
  #tellPage(what: Watched, by: string): void {
    if (by !== this.#life) this.#tell({ kind: "bell", what });
  }

  #wakeIn(ms: number | undefined): void {
    const { clock } = this.#environment;
    clock.clearTimeout(this.#alarm);
    if (ms !== undefined) this.#alarm = clock.setTimeout(() => this.#tell({ kind: "wake" }), ms);
  }

  async #close(): Promise<void> {
    this.#hearts.restAll();
    await this.#outbox.emptied();
    this.#watchdog?.stop();
    await this.#reign.stop();
    this.#post?.close();
    this.#wakeIn(undefined);
    this.#endLife();
    this.#tell({ kind: "closed" });
  }
}

function strange(): PlainError {
  return plainError(
    new StoreNewer(
      "a tab with another version of Turno has the queue; reload the page to have the same",
    ),
  );
}

function nameOf({ name }: TabSettings): string {
  return `turno/${name}`;
}

function lockOf(settings: TabSettings, life: string): string {
  return `${nameOf(settings)}/tab/${life}`;
}
