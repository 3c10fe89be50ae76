import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { observe, type Sightings, type WorkerRecord } from "../../src/job/given-up.ts";

const leases = fc.integer({ min: 1, max: 600_000 });
const elapsed = fc.oneof(
  fc.double({ min: 0, max: 1_000, noNaN: true }),
  fc.nat({ max: 10_000_000 }),
);
const nothingSeen: Sightings = new Map();

describe("an observer", () => {
  it("gives nobody up at its first look", () => {
    fc.assert(
      fc.property(fc.array(leases), elapsed, (all, ms) => {
        const workers = all.map((leaseMs, id) => worker({ id, leaseMs }));
        expect(observe(nothingSeen, workers, ms).givenUp).toEqual([]);
      }),
    );
  });

  it("gives a worker up only once it has watched its beat for a whole lease", () => {
    fc.assert(
      fc.property(leases, fc.array(elapsed, { maxLength: 40 }), (leaseMs, looks) => {
        const silent = worker({ leaseMs });
        let { sightings } = observe(nothingSeen, [silent], 0);
        let watched = 0;
        for (const ms of looks) {
          watched += ms;
          const look = observe(sightings, [silent], ms);
          if (look.givenUp.length > 0) expect(watched).toBeGreaterThanOrEqual(leaseMs * 0.999_999);
          sightings = look.sightings;
        }
      }),
    );
  });

  it("gives a silent worker up in the end: at the third look that is a third of a lease after the last", () => {
    fc.assert(
      fc.property(leases, (leaseMs) => {
        const silent = worker({ leaseMs });
        let { sightings, givenUp } = observe(nothingSeen, [silent], 0);
        for (let look = 0; look < 3; look++) {
          ({ sightings, givenUp } = observe(sightings, [silent], Math.ceil(leaseMs / 3)));
        }
        expect(givenUp).toEqual([silent]);
      }),
    );
  });

  it("that was frozen itself takes the time it slept through as a third of a lease", () => {
    fc.assert(
      fc.property(leases, (leaseMs) => {
        const silent = worker({ leaseMs });
        let { sightings, givenUp } = observe(nothingSeen, [silent], 0);
        for (const _ of ["first", "second"]) {
          ({ sightings, givenUp } = observe(sightings, [silent], leaseMs * 1_000));
          expect(givenUp).toEqual([]);
        }
      }),
    );
  });

  it("begins anew with a worker whose beat has changed, up or down", () => {
    fc.assert(
      fc.property(leases, fc.integer({ min: 0, max: 9 }), (leaseMs, beat) => {
        const before = new Map([[1, { beat: 5, silentMs: leaseMs * 0.9 }]]);
        const { sightings, givenUp } = observe(before, [worker({ leaseMs, beat })], leaseMs);
        expect(givenUp.length).toBe(beat === 5 ? 1 : 0);
        if (beat !== 5) expect(sightings.get(1)).toEqual({ beat, silentMs: 0 });
      }),
    );
  });

  it("gives a worker up at once whose process is known to have ended", () => {
    const gone = worker({ id: 2, gone: true });
    expect(observe(nothingSeen, [worker({}), gone], 0).givenUp).toEqual([gone]);
  });

  it("watches each worker for itself", () => {
    const before = new Map([
      [1, { beat: 5, silentMs: 29_000 }],
      [2, { beat: 5, silentMs: 0 }],
    ]);
    const workers = [worker({ id: 1 }), worker({ id: 2 }), worker({ id: 3 })];
    const { sightings, givenUp } = observe(before, workers, 1_000);
    expect(givenUp).toEqual([worker({ id: 1 })]);
    expect([...sightings]).toEqual([
      [1, { beat: 5, silentMs: 30_000 }],
      [2, { beat: 5, silentMs: 1_000 }],
      [3, { beat: 5, silentMs: 0 }],
    ]);
  });

  it("forgets workers that have left", () => {
    const before = new Map([[1, { beat: 5, silentMs: 29_000 }]]);
    expect(observe(before, [], 1_000).sightings.size).toBe(0);
    expect(before.size).toBe(1);
  });
});

function worker(record: Partial<WorkerRecord>): WorkerRecord {
  return { id: 1, beat: 5, leaseMs: 30_000, gone: false, ...record };
}
