import { awsIotProfile } from './aws-iot/aws-iot-profile.js';
import type { Profile } from './profile.js';

/** Those that `--profile` knows. */
export const PROFILES: readonly Profile[] = [awsIotProfile];
