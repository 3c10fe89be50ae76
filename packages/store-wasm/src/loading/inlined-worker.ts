/** The program of the worker. The build puts a file in the place of this one that holds it; unbuilt, there is none. */
export const inlinedWorker: string | undefined = undefined;
