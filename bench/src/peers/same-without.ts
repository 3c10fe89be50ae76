/** Says of tests that only enqueue that a peer is no other than `name` there: what is tuned is its worker. */
export function sameWithout(name: string): (test: string) => string | undefined {
  return (test) =>
    /^(A|Ac|B|P\d+B)$/.test(test) ? `the same as ${name}: what is tuned is its worker` : undefined;
}
