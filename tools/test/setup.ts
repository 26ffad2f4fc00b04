// npm run setup: installs the programs and files that the tests need beyond Node.
import process from 'node:process';
import { installTools, packageOf } from './debian-packages.js';

const missing = installTools((line) => console.log(`setup: ${line}`));
console.log(
  missing.length === 0
    ? `setup: all there: ${Object.keys(packageOf).join(', ')}`
    : `setup: still missing: ${missing.join(', ')}`,
);
process.exitCode = missing.length === 0 ? 0 : 1;
