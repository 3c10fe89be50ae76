import { describe, expect, it } from "vitest";
import { ABSENCE_MS, type Absences, look, type Seen } from "../../src/life/absences.ts";

const NONE: Absences = new Map();

describe("a worker whose store's lock is free", () => {
  it("is gone when the lock has been free for long enough, and it has not beaten", () => {
    const first = look(NONE, [seen({ isHeld: false })], 1_000);
    expect(first.gone.size).toBe(0);
    expect(look(first.absences, [seen({ isHeld: false })], 999 + ABSENCE_MS).gone.size).toBe(0);
    expect([...look(first.absences, [seen({ isHeld: false })], 1_000 + ABSENCE_MS).gone]).toEqual([
      1,
    ]);
  });

  it("is there when it beats meanwhile", () => {
    const first = look(NONE, [seen({ isHeld: false })], 1_000);
    const later = look(first.absences, [seen({ isHeld: false, beat: 2 })], 1_000 + ABSENCE_MS);
    expect(later.gone.size).toBe(0);
    expect(
      look(later.absences, [seen({ isHeld: false, beat: 2 })], 1_000 + 2 * ABSENCE_MS).gone.size,
    ).toBe(1);
  });

  it("is there when the lock is held again, and then counts from the beginning", () => {
    const first = look(NONE, [seen({ isHeld: false })], 0);
    const second = look(first.absences, [seen({ isHeld: true })], ABSENCE_MS);
    expect(second.gone.size).toBe(0);
    const third = look(second.absences, [seen({ isHeld: false })], ABSENCE_MS + 1);
    expect(look(third.absences, [seen({ isHeld: false })], ABSENCE_MS + 2).gone.size).toBe(0);
  });
});

function seen(given: Partial<Seen>): Seen {
  return { id: 1, beat: 1, isHeld: false, ...given };
}
