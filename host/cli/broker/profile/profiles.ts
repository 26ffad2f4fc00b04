import type { Option } from 'commander';
import { awsIotProfile } from './aws-iot/aws-iot-profile.js';
import { dojotProfile } from './dojot/dojot-options.js';
import type { Profile } from './profile.js';

/** Those that `--profile` knows. */
export const PROFILES: readonly Profile[] = [awsIotProfile, dojotProfile];

/** Their options for the help: each once, under the profiles that have it. */
export function profileOptions(): Option[] {
  const byName = new Map<string, { option: Option; profiles: string[] }>();
  for (const { name, options } of PROFILES) {
    for (const option of options()) {
      const known = byName.get(option.flags);
      if (known) known.profiles.push(name);
      else byName.set(option.flags, { option, profiles: [name] });
    }
  }
  return [...byName.values()].map(({ option, profiles }) =>
    option.helpGroup(`Options of --profile ${profiles.join(' and ')}:`),
  );
}
