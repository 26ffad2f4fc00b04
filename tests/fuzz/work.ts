// Where fuzzing works: nothing of it is committed.
import { join } from 'node:path';
import { root } from '../../tools/root.js';

/** This folder. */
export const here = join(root, 'tests/fuzz');
/** Programs, corpora that grew, and findings. */
export const work = join(root, 'build/fuzz');

export const seedsOf = (target) => join(here, 'corpus', target);
export const corpusOf = (target) => join(work, 'corpus', target);
export const findingsOf = (target) => join(work, 'findings', target);
