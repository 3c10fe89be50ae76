/** A letter that no other open tab has. On plain http there are no locks, but there one tab works at a time anyway. */
export async function tabName(): Promise<string> {
  if (!("locks" in navigator)) return "A";
  for (const letter of "ABCDEFGHIJKLMNOPQRSTUVWXYZ") if (await isTaken(letter)) return letter;
  return "Z+";
}

/** The lock is held for as long as the tab lives; the browser frees it, however the tab ends. */
function isTaken(letter: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const held = navigator.locks.request(`photos tab ${letter}`, { ifAvailable: true }, (lock) => {
      resolve(lock !== null);
      return lock === null ? undefined : new Promise(() => {});
    });
    held.catch(reject);
  });
}
