import { join } from 'node:path';
import { DEFAULT_DATA } from '../../../options/stores-options.js';
import { UsageError } from '../../../process/user-error.js';
import type { ProfileFlags } from '../profile.js';

/** Options of `--profile aws-iot`, checked. */
export interface AwsIotFlags {
  readonly policies: readonly string[];
  readonly thing?: string;
  readonly certificateFiles: readonly string[];
  readonly things?: string;
  readonly ports: readonly number[];
  readonly alpnPorts: readonly number[];
  /** Folder of the PKI. */
  readonly pki: string;
  readonly state?: string;
  readonly limitRates: boolean;
}

/** AWS's port of MQTT with client certificates. */
const PORT = 8883;

/** @throws UsageError for options that do not go together */
export function awsIotFlags(flags: ProfileFlags): AwsIotFlags {
  const {
    policy = [],
    thing,
    cert = [],
    things,
    alpnPort,
    data = DEFAULT_DATA,
    state,
    unlimitedRates,
  } = flags as {
    policy?: string[];
    thing?: string;
    cert?: string[];
    things?: string;
    alpnPort?: number;
    data?: string;
    state?: string;
    unlimitedRates?: boolean;
  };
  if (thing === undefined && things === undefined) {
    throw new UsageError(
      '--profile aws-iot needs --thing NAME with --policy FILE, or --things FILE: nobody could come in',
    );
  }
  if (thing === undefined && (policy.length > 0 || cert.length > 0)) {
    const option = policy.length > 0 ? '--policy' : '--cert';
    throw new UsageError(
      `${option} is of the certificate of --thing; name the thing, or put it into the file of --things`,
    );
  }
  if (thing !== undefined && !/^[a-zA-Z0-9:_-]{1,128}$/.test(thing)) {
    throw new UsageError(`--thing ${JSON.stringify(thing)}: the name of a thing has 1 to 128 letters, digits and :_-`);
  }
  return {
    policies: policy,
    thing,
    certificateFiles: cert,
    things,
    ports: flags.port ?? [PORT],
    alpnPorts: alpnPort === undefined ? [] : [alpnPort],
    pki: join(data, 'pki'),
    state,
    limitRates: unlimitedRates !== true,
  };
}
