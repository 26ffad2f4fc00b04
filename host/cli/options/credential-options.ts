import type { ConfigKey } from '../../credentials/index.js';
import { UsageError } from '../process/user-error.js';
import { optionName } from './option-name.js';

/** Options that stand for keys of the stores. */
export interface CredentialOptions {
  brokerHost?: string;
  brokerPort?: number;
  clientId?: string;
  rootCa?: string;
  cert?: string;
  key?: string;
  username?: string;
  passwordFile?: string;
}

/** A broker that is named without its port has the usual one of MQTT over TLS. */
export function withUsualPort<Options extends CredentialOptions>(options: Options): Options {
  return options.brokerHost ? { ...options, brokerPort: options.brokerPort ?? 8883 } : options;
}

const PAIRS: [keyof CredentialOptions, keyof CredentialOptions, string][] = [
  ['cert', 'key', '--cert and --key go together: the device proves with its key that the certificate is its own'],
  ['username', 'passwordFile', '--username and --password-file go together'],
];

/** @throws UsageError for one of two options that go together */
export function checkPairs(options: CredentialOptions): void {
  for (const [first, second, message] of PAIRS) {
    if ((options[first] === undefined) !== (options[second] === undefined)) throw new UsageError(message);
  }
}

/** @throws UsageError for an option whose text is empty, as an unset variable of the shell leaves it */
export function checkTexts<Flags>(flags: Flags, names: readonly (keyof Flags & string)[]): void {
  const empty = names.find((name) => flags[name] === '');
  if (empty === undefined) return;
  throw new UsageError(`${optionName(empty)}: is empty; give a value, or leave the option out`);
}

/** The place of a value in words: the option that it came from, with its file. */
export function placeOf(key: ConfigKey, options: CredentialOptions): string | undefined {
  const places: Partial<Record<ConfigKey, string | undefined>> = {
    'broker-host': options.brokerHost && '--broker-host',
    'broker-port': options.brokerPort === undefined ? undefined : '--broker-port',
    'client-id': options.clientId && '--client-id',
    'root-CA': options.rootCa && `--root-ca ${options.rootCa}`,
    cert: options.cert && `--cert ${options.cert}`,
    private_key: options.key && `--key ${options.key}`,
    username: options.username && '--username',
    password: options.passwordFile && `--password-file ${options.passwordFile}`,
  };
  return places[key];
}
