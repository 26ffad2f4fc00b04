import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../../../tools/root.js';
import { FIRST, otherFiles } from '../core/test-files.js';
import { hostTestFiles } from '../host/test-files.js';
import { NAMES } from './in-process.js';

/** What the source imports from vitest, without types. */
function namesOf(source: string): string[] {
  const [, list = ''] = /^import \{([^}]*)\} from 'vitest';$/m.exec(source) ?? [];
  return list.split(',').flatMap((name) => (name.trim().startsWith('type ') || name.trim() === '' ? [] : name.trim()));
}

it('the tests that mutants are tried with use nothing of vitest that their bundles do not have', () => {
  const files = new Set([...FIRST, ...otherFiles(), ...hostTestFiles(root)]);
  const used = [...files].map((file) => ({ file, names: namesOf(readFileSync(join(root, file), 'utf8')) }));
  expect(used.filter(({ names }) => names.length > 0).length).toBeGreaterThan(50);
  const foreign = used.flatMap(({ file, names }) =>
    names.filter((name) => !(NAMES as readonly string[]).includes(name)).map((name) => `${file}: ${name}`),
  );
  expect(foreign).toEqual([]);
});
