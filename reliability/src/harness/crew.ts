import type { OwnProcess } from "./own-process.ts";

/** Processes of one kind: as many as are wanted, each replaced as soon as it has ended or is told to end. */
export class Crew {
  readonly #start: () => OwnProcess;
  readonly #members = new Set<OwnProcess>();
  readonly #leaving = new Set<OwnProcess>();
  /** Those that ended without having been told to, and not with exit code 0. */
  readonly unexpected: OwnProcess[] = [];
  #isOver = false;

  constructor(size: number, start: () => OwnProcess) {
    this.#start = start;
    for (let count = 0; count < size; count++) this.#add();
  }

  /** Those that are wanted now. */
  get members(): readonly OwnProcess[] {
    return [...this.#members];
  }

  /** Resolves when all of them are set up. */
  async ready(): Promise<void> {
    await Promise.all(this.members.map(({ ready }) => ready));
  }

  /** One of them. */
  any(random: () => number): OwnProcess {
    const member = this.members[Math.floor(random() * this.#members.size)];
    if (member === undefined) throw new Error("the crew has no members any more");
    return member;
  }

  /** Kills one of them, which is replaced at once. */
  kill(member: OwnProcess): void {
    member.kill();
    this.#replace(member);
  }

  /** Asks one of them to stop, and replaces it at once. */
  ask(member: OwnProcess): void {
    member.ask();
    this.#replace(member);
  }

  /** Kills all of them, and replaces none; resolves when they have ended. */
  async killAll(): Promise<void> {
    this.#isOver = true;
    const all = [...this.#members, ...this.#leaving];
    for (const one of all) one.kill();
    await Promise.all(all.map(({ exited }) => exited));
  }

  /** Asks all to stop and waits for their end; kills those that take longer than `withinMs`, and answers with them. */
  async end(withinMs: number): Promise<readonly OwnProcess[]> {
    this.#isOver = true;
    const all = [...this.#members, ...this.#leaving];
    await Promise.all(all.map(({ ready }) => ready));
    for (const one of all) if (!one.isTold) one.ask();
    const late: OwnProcess[] = [];
    const timer = setTimeout(() => {
      for (const one of all) if (one.exit === undefined) late.push(one);
      for (const one of late) one.kill();
    }, withinMs);
    await Promise.all(all.map(({ exited }) => exited));
    clearTimeout(timer);
    return late;
  }

  #add(): void {
    const member = this.#start();
    this.#members.add(member);
    void member.exited.then(() => this.#onExit(member));
  }

  #replace(member: OwnProcess): void {
    if (!this.#members.delete(member)) return;
    this.#leaving.add(member);
    if (!this.#isOver) this.#add();
  }

  #onExit(member: OwnProcess): void {
    this.#leaving.delete(member);
    const isDone = member.exit?.code === 0;
    if (!member.isTold && !isDone) this.unexpected.push(member);
    if (!this.#members.delete(member) || this.#isOver) return;
    // A producer that has done all it should is not replaced.
    if (!isDone) this.#add();
  }
}
