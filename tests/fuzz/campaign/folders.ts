// Where fuzzing keeps things. What lies in `work` is never committed.
import { join } from 'node:path';
import { root } from '../../../tools/root.js';
import type { TargetName } from './targets.js';

/** The folder of all of fuzzing. */
export const here = join(root, 'tests/fuzz');
/** The C that all targets are made of. */
export const harness = join(here, 'harness');
/** Programs, corpora that grew, and findings. */
export const work = join(root, 'build/fuzz');

export const seedsOf = (target: TargetName): string => join(here, 'corpus', target);
export const corpusOf = (target: TargetName): string => join(work, 'corpus', target);
export const findingsOf = (target: TargetName): string => join(work, 'findings', target);
