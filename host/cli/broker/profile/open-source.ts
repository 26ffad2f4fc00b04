import { UsageError } from '../../process/user-error.js';
import type { BrokerFlags } from '../broker-flags.js';
import type { BrokerSource } from '../source/broker-source.js';
import { PlannedSource } from '../source/planned-source.js';
import type { ProfileFlags } from './profile.js';
import { PROFILES } from './profiles.js';

/**
 * What the broker is made of: a profile if one is named, else a `mosquitto.conf` or its defaults.
 *
 * @throws ConfigError with all mistakes; UsageError for options that do not go together
 */
export async function openSource(flags: BrokerFlags): Promise<BrokerSource> {
  refuseStrays(flags as ProfileFlags);
  const isAlone = flags.profile === undefined || flags.profile === 'dojot';
  if (flags.bridges && !isAlone)
    throw new UsageError(`--bridges is not for --profile ${flags.profile}: use dojot, or -c`);
  const profile = PROFILES.find(({ name }) => name === flags.profile);
  if (!profile) return new PlannedSource(flags);
  if (flags.configFile !== undefined) {
    throw new UsageError(`-c and --profile exclude each other: ${profile.name} has options in place of the file`);
  }
  return await profile.open(flags as ProfileFlags);
}

/** @throws UsageError for an option of a profile that is not the one that runs; the bridges have a generation with any broker */
function refuseStrays(flags: ProfileFlags): void {
  const isOwn = new Set(
    PROFILES.filter(({ name }) => name === flags.profile).flatMap((own) => own.options().map(({ long }) => long)),
  );
  for (const { name, options } of PROFILES) {
    for (const option of options()) {
      if (isOwn.has(option.long) || (flags.bridges && option.long === '--generation')) continue;
      if (flags[option.attributeName()] === undefined) continue;
      throw new UsageError(`${option.long} is an option of --profile ${name}; add that, or leave it out`);
    }
  }
}
