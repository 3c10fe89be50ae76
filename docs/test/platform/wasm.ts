/** What a bundler of Workers gives for a file of wasm. */
declare const module: object;
// oxlint-disable-next-line import/no-default-export -- That is how it gives it.
export default module;
