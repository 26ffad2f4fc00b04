// npm test: installs what is missing, then lint, types, as-pect and vitest. The last line counts all tests.
import process from 'node:process';
import { typescriptProgram } from '../run-typescript.js';
import { installNeeds } from './needs.js';
import { heading, Steps } from './steps.js';

const steps = new Steps();
heading('tools');
const missing = installNeeds((line) => console.log(line));
if (missing.length > 0) {
  console.log(`Missing ${missing.join(', ')}: the tests that need them (their files say so) are left out.`);
  if (process.env.CI === 'true') steps.fail();
}
steps.program('build', typescriptProgram('tools/build/build.ts'));
steps.lint();
steps.types();
steps.specs();
steps.vitest('vitest: host, command and real peers', missing);
steps.finish();
