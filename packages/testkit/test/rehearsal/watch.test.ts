import { describe, expect, it } from "vitest";
import { watch } from "../../src/rehearsal/watch.ts";

class Account {
  #balance = 0;
  static readonly bank = "Turno";

  get balance(): number {
    return this.#balance;
  }

  deposit(amount: number): this {
    this.#add(amount);
    return this;
  }

  #add(amount: number): void {
    this.#balance += amount;
  }
}

function watched<T>(value: T) {
  const calls: string[] = [];
  const call = (name: string, invoke: () => unknown) => {
    calls.push(name);
    return invoke();
  };
  return { calls, value: watch(value, { call, maySet: () => true }) };
}

describe("a watched object", () => {
  it("tells of each call of a method by its path, also of objects within", () => {
    const { calls, value } = watched({ bank: { account: new Account() }, log: [] as string[] });
    value.bank.account.deposit(3);
    value.log.push("three");
    expect(calls).toEqual(["bank.account.deposit", "log.push"]);
  });

  it("does what the object itself does, private fields and getters included", () => {
    const account = new Account();
    const { value } = watched({ account });
    expect(value.account.deposit(3).deposit(4)).toBe(account);
    expect(value.account.balance).toBe(7);
    expect(value.account).toBeInstanceOf(Account);
  });

  it("does not tell of what a method calls itself, or what its result is asked for", () => {
    const { calls, value } = watched(new Account());
    value.deposit(1).deposit(2);
    expect(calls).toEqual(["deposit"]);
  });

  it("may be a function, or hold one", () => {
    const { calls, value } = watched({ double: (n: number) => 2 * n });
    const { double } = value;
    expect(double(4)).toBe(8);
    expect(calls).toEqual(["double"]);
    expect(watched((n: number) => n + 1).value(1)).toBe(2);
  });

  it("keeps apart two objects of one class", () => {
    const pair = { first: new Account(), second: new Account() };
    const { value } = watched(pair);
    value.second.deposit(5);
    expect([pair.first.balance, pair.second.balance]).toEqual([0, 5]);
  });

  it("is the same each time, and may be frozen, spread and listed", () => {
    const account = Object.freeze({ deposit: (amount: number) => amount });
    const { calls, value } = watched(Object.freeze({ account, owner: "Ana" }));
    expect(value.account).toBe(value.account);
    const copy = { ...value };
    expect(Object.keys(value)).toEqual(["account", "owner"]);
    expect(copy.account.deposit(2)).toBe(2);
    expect([copy.owner, calls]).toEqual(["Ana", ["account.deposit"]]);
  });

  it("is given to methods as the object itself", () => {
    const account = new Account();
    const { value } = watched({ account, is: (given: unknown) => given === account });
    expect(value.account).not.toBe(account);
    expect(value.is(value.account)).toBe(true);
  });

  it("takes what it is set to", () => {
    const world = { count: 1 };
    const { value } = watched(world);
    value.count++;
    expect(world.count).toBe(2);
  });

  it("leaves arrays and maps usable", () => {
    const { value } = watched({ list: [1, 2, 3], map: new Map([["a", 1]]) });
    expect(Array.isArray(value.list)).toBe(true);
    expect([...value.list, value.list.length]).toEqual([1, 2, 3, 3]);
    expect(JSON.stringify(value.list)).toBe("[1,2,3]");
    expect([...value.map]).toEqual([["a", 1]]);
    expect(value.map.get("a")).toBe(1);
    expect(value.map.size).toBe(1);
  });

  it("leaves promises as they are", async () => {
    const { calls, value } = watched({ ready: Promise.resolve("yes") });
    expect(await value.ready).toBe("yes");
    expect(calls).toEqual([]);
  });
});
