/** The type of the job `index` where jobs are spread over so many types. */
export function typeOf(index: number, types: number): string {
  return types === 1 ? "noop" : `noop-${index % types}`;
}

/** All of them. */
export function typesOf(types: number): readonly string[] {
  return Array.from({ length: types }, (_, index) => typeOf(index, types));
}
