/** A table of a page of the docs, and the chart above it. */
export interface Section {
  /** Its markers in the page are `<!-- figures: NAME -->` and `<!-- end -->`, and its chart PAGE-NAME.svg. */
  readonly name: string;
  /** What its chart is called. */
  readonly title: string;
  readonly columns: readonly SectionColumn[];
}

export interface SectionColumn {
  /** The test's alias. */
  readonly test: string;
  /** The key of the test's column; "cpu" and "peak" are what the processes cost. */
  readonly key: string;
  readonly heading: string;
  /** Whether the chart shows it too. */
  readonly isDrawn: boolean;
}

// What more than one page tells of.
const ENQUEUE = [
  perSecond("A", "one by one"),
  perSecond("Ac", "100 producers"),
  perSecond("B", "in bulk of 1,000"),
];

const FOREIGN = [
  drawn("F", "alone", "alone"),
  drawn("F", "beside", "beside them"),
  listed("F", "ratio", "beside ÷ alone"),
];

const MILLION = [
  drawn("G", "first", "the first tenth"),
  drawn("G", "middle", "the sixth"),
  drawn("G", "last", "the last"),
  listed("G", "ratio", "slowest ÷ fastest tenth"),
  listed("G", "tables", "tables after it"),
  listed("G", "indexes", "indexes"),
  listed("G", "dead", "dead rows"),
  listed("G", "vacuumed", "dead rows, vacuumed"),
  listed("G", "seconds", "the vacuum"),
];

export const SECTIONS: readonly Section[] = [
  section("enqueue", "Enqueue, jobs a second", ENQUEUE),
  section("drain", "Drain a full queue, jobs a second", [
    perSecond("C1", "1 at a time"),
    perSecond("C10", "10 at a time"),
    perSecond("C100", "100 at a time"),
    perSecond("C100w", "100 that wait 1 ms"),
  ]),
  section("together", "While others write, jobs a second", [
    perSecond("E", "enqueue while draining"),
    perSecond("M2", "two worker processes"),
    perSecond("K", "1,000 types"),
  ]),
  section("cost", "What 100,000 jobs cost, drained at 100", [
    drawn("C100", "cpu", "CPU seconds per 100k jobs"),
    drawn("C100", "peak", "peak memory"),
  ]),
  section("latency", "Enqueue to handler, idle worker", [
    drawn("D", "p50", "same process, p50"),
    drawn("D", "p99", "same process, p99"),
    drawn("D2", "p50", "another process, p50"),
    drawn("D2", "p99", "another process, p99"),
  ]),
  section("payloads", "Larger payloads, jobs a second", [
    perSecond("P1B", "1 KB, bulk"),
    perSecond("P1C", "1 KB, drain"),
    perSecond("P10B", "10 KB, bulk"),
    perSecond("P10C", "10 KB, drain"),
    perSecond("P100B", "100 KB, bulk"),
    perSecond("P100C", "100 KB, drain"),
  ]),
  section("backlog", "Drain beside a backlog, jobs a second", [
    drawn("L", "few", "1k ready"),
    drawn("L", "tenth", "100k ready"),
    drawn("L", "all", "1M ready"),
    listed("L", "ratio", "1M ÷ 1k"),
  ]),
  section("foreign", "Drain beside jobs of others, jobs a second", FOREIGN),
  section("million", "A million jobs, drained at 100", MILLION),
  section("memory", "Resident memory around a million jobs", [
    listed("R", "before", "before"),
    drawn("R", "peak", "at most"),
    drawn("R", "after", "after"),
  ]),
  section("views", "Beside a million finished jobs", [
    drawn("X", "counts", "counts"),
    drawn("X", "page", "a page of 50"),
    listed("X", "prune", "pruning all"),
    drawn("X", "stall", "longest stall of the event loop"),
    listed("X", "enqueue", "longest enqueue meanwhile"),
  ]),
  section("idle", "An idle worker", [
    drawn("S", "cpu", "CPU, ms a second"),
    listed("S", "commits", "commits"),
    listed("S", "beats", "of them beats, by design"),
    listed("S", "written", "written"),
    drawn("S", "resident", "resident memory"),
  ]),
];

/** The tables of docs/scaling.md: of those that keep jobs in Postgres. */
export const SCALING_SECTIONS: readonly Section[] = [
  section("enqueue", "Enqueue on Postgres, jobs a second", ENQUEUE),
  section("drain", "Drain on Postgres, jobs a second", [
    perSecond("C1", "1 at a time"),
    perSecond("C10", "10 at a time"),
    perSecond("C100", "100 at a time"),
    perSecond("M2", "two worker processes"),
    listed("C100", "cpu", "CPU seconds per 100k jobs, at 100"),
  ]),
  section("foreign", "Drain beside three million jobs of others, jobs a second", FOREIGN),
  section("million", "A million jobs on Postgres, drained at 100", MILLION),
];

function section(name: string, title: string, columns: readonly SectionColumn[]): Section {
  return { name, title, columns };
}

function perSecond(test: string, heading: string): SectionColumn {
  return drawn(test, "perSecond", heading);
}

function drawn(test: string, key: string, heading: string): SectionColumn {
  return { test, key, heading, isDrawn: true };
}

function listed(test: string, key: string, heading: string): SectionColumn {
  return { test, key, heading, isDrawn: false };
}
