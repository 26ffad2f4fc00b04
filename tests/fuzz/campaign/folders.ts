// Where fuzzing works: nothing of it is committed.
import { join } from 'node:path';
import { root } from '../../../tools/root.js';

/** The folder of all of fuzzing. */
export const here = join(root, 'tests/fuzz');
/** The C that all targets are made of. */
export const harness = join(here, 'harness');
/** Programs, corpora that grew, and findings. */
export const work = join(root, 'build/fuzz');

export const seedsOf = (target) => join(here, 'corpus', target);
export const corpusOf = (target) => join(work, 'corpus', target);
export const findingsOf = (target) => join(work, 'findings', target);
