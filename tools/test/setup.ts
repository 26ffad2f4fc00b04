// npm run setup: installs the programs and files that the tests need beyond Node.
import process from 'node:process';
import { allNeeds, installNeeds } from './needs.js';

const missing = installNeeds((line) => console.log(`setup: ${line}`));
console.log(
  missing.length === 0 ? `setup: all there: ${allNeeds.join(', ')}` : `setup: still missing: ${missing.join(', ')}`,
);
process.exitCode = missing.length === 0 ? 0 : 1;
