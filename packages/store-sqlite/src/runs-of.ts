/** Splits a row of items where one does not continue the run that began with `first` and has `length` items so far. */
export function runsOf<Item>(
  items: readonly Item[],
  continues: (item: Item, first: Item, length: number) => boolean,
): readonly (readonly [Item, ...Item[]])[] {
  const runs: [Item, ...Item[]][] = [];
  let run: [Item, ...Item[]] | undefined;
  for (const item of items) {
    if (run !== undefined && continues(item, run[0], run.length)) run.push(item);
    else runs.push((run = [item]));
  }
  return runs;
}
