declare module "*.wasm" {
  const module: WebAssembly.Module;
  // oxlint-disable-next-line import/no-default-export -- workerd gives it so.
  export default module;
}
