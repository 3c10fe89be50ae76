/** Prints a title and rows in columns; the first row is their heading. A row of two cells ends with a remark. */
export function printTable(title: string, rows: readonly (readonly string[])[]): void {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(
      ...rows
        .filter(({ length }) => column === 0 || length > 2)
        .map((row) => row[column]?.length ?? 0),
    ),
  );
  console.log(`\n${title}`);
  for (const row of rows) {
    const cells = row.map((cell, column) => cell.padEnd(widths[column] ?? 0));
    console.log(`  ${cells.join("  ").trimEnd()}`);
  }
}
