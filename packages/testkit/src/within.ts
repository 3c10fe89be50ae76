/** Whether `work` is done within `ms` of real time; it goes on if it is not. */
export function within(ms: number, work: Promise<unknown>): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(false), ms);
    void work.then(() => resolve(true), reject).finally(() => clearTimeout(timer));
  });
}
