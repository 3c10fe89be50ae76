/** What the check rejects with. */
export async function failureOf(check: Promise<unknown>): Promise<string> {
  return await check.then(
    () => "it did not fail",
    (error: unknown) => String(error),
  );
}
