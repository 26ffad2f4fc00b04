/** An import of a module in workerd. */
declare module '*.wasm' {
  const module: import('./load.js').CompiledModule;
  export default module;
}
