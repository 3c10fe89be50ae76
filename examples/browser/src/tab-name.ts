/** A letter that no other open tab has. On plain http there are no locks, but there one tab works at a time anyway. */
export async function tabName(): Promise<string> {
  if (!("locks" in navigator)) return "A";
  for (const letter of "ABCDEFGHIJKLMNOPQRSTUVWXYZ") if (await take(letter)) return letter;
  return "Z+";
}

/** Says whether the letter is this tab's now: for as long as it lives, and however it ends the browser frees it. */
function take(letter: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const held = navigator.locks.request(`photos tab ${letter}`, { ifAvailable: true }, (lock) => {
      resolve(lock !== null);
      return lock === null ? undefined : new Promise(() => {});
    });
    held.catch(reject);
  });
}
