// as-pect: every *.spec.ts of this folder is compiled together with the sources that it imports (a debug build) and run.
export default {
  entries: ['tests/unit/**/*.spec.ts'],
  include: [],
  disclude: [/node_modules/],
  async instantiate(memory, createImports, instantiate, binary) {
    return instantiate(binary, createImports({ env: { memory } }));
  },
  outputBinary: false,
};
