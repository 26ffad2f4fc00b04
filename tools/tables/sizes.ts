// Writes the sizes of the built modules into README's table; a test compares them.
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../root.js';

const file = join(root, 'README.md');
const text = readFileSync(file, 'utf8').replace(
  /^(\| `build\/([\w.]+\.wasm)` .*\| )[\d,]+( \|)/gm,
  (_, before, name, after) => before + statSync(join(root, 'build', name)).size.toLocaleString('en-US') + after,
);
writeFileSync(file, text);
