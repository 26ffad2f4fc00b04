// What Stryker makes wrong, and with what it is tried.
import type { PartialStrykerOptions } from '@stryker-mutator/api/core';

/** What the tests read: Stryker copies it to where they run. */
const READ = [
  'package.json',
  'assembly/abi/*',
  'build/*.wasm',
  'build/abi/**',
  'host/core/**',
  'host/mqtt-packet/**',
  'host/node/**',
  'tests/host/**',
  'tests/vectors/*',
  'tests/webassembly.ts',
  'tools/*.ts',
];

export const strykerOptions: PartialStrykerOptions = {
  plugins: ['./tests/mutation/host/stryker-runner.ts'],
  testRunner: 'in-process',
  coverageAnalysis: 'perTest',
  ignoreStatic: true,
  tempDirName: 'build/stryker',
  ignorePatterns: ['**', ...READ.map((pattern) => `!${pattern}`)],
  tsconfigFile: 'none.json',
  disableTypeChecks: false,
  // For all tests of one mutant, on a machine that has other work too; the runner itself stops one that does not end.
  timeoutMS: 600_000,
  reporters: ['progress-append-only'],
};
