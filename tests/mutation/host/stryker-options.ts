// What Stryker makes wrong, and with what it is tried.
/** What the tests read: it is copied to where they run. */
const READ = [
  'package.json',
  'assembly/abi/*',
  'build/*.wasm',
  'build/abi/**',
  'host/core/**',
  'host/mqtt-packet/**',
  'tests/host/**',
  'tests/vectors/*',
];

export default {
  plugins: ['./tests/mutation/host-runner.ts'],
  testRunner: 'in-process',
  coverageAnalysis: 'perTest',
  ignoreStatic: true,
  tempDirName: 'build/stryker',
  ignorePatterns: ['**', ...READ.map((pattern) => `!${pattern}`)],
  tsconfigFile: 'none.json',
  disableTypeChecks: false,
  // For all tests of one mutant; the runner sees itself to one that does not end.
  timeoutMS: 120_000,
  reporters: ['progress-append-only'],
};
