import { dojotProfile } from './dojot/dojot-options.js';
import type { Profile } from './profile.js';

/** Those that `--profile` knows. */
export const PROFILES: readonly Profile[] = [dojotProfile];
