// What Stryker makes wrong, and with what it is tried.
/** What the tests read: it is copied to where they run. */
const READ = [
  'package.json',
  'assembly/abi/*',
  'build/*.wasm',
  'build/abi/**',
  'host/core/**',
  'tests/host/**',
  'tests/interop/*.ts',
  'tests/vectors/*',
];

export default {
  plugins: ['./tests/mutation/host-runner.mjs'],
  testRunner: 'in-process',
  coverageAnalysis: 'perTest',
  ignoreStatic: true,
  tempDirName: 'build/stryker',
  ignorePatterns: ['**', ...READ.map((pattern) => `!${pattern}`)],
  tsconfigFile: 'none.json',
  disableTypeChecks: false,
  timeoutMS: 4000,
  timeoutFactor: 1.2,
  reporters: ['progress-append-only'],
};
