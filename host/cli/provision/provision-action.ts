import { checkPairs, checkTexts, withUsualPort } from '../options/credential-options.js';
import { coloursFor } from '../output/colours.js';
import { jsonLines } from '../output/json-lines.js';
import { UsageError } from '../process/user-error.js';
import { provisionReporter } from './provision-reporter.js';
import { type ProvisionOptions, provision } from './run-provision.js';

export interface ProvisionFlags extends ProvisionOptions {
  json?: boolean;
}

const VALUES = ['brokerHost', 'brokerPort', 'clientId', 'rootCa', 'cert', 'key', 'username', 'passwordFile'] as const;
const TEXTS = [...VALUES, 'keyPassphraseFile', 'cloud', 'data'] as const;

/** `wasmqtt provision`. @throws what `provision` throws; UsageError */
export async function provisionAction(flags: ProvisionFlags): Promise<void> {
  check(flags);
  const { stdout, stderr } = process;
  const report = flags.json
    ? jsonLines(stdout)
    : provisionReporter(stdout, stderr, coloursFor(stdout), coloursFor(stderr));
  await provision(withUsualPort(flags), report);
}

function check(flags: ProvisionFlags): void {
  checkTexts(flags, TEXTS);
  checkPairs(flags);
  if (VALUES.every((name) => flags[name] === undefined)) {
    throw new UsageError('there is nothing to store; give --broker-host, --root-ca, --cert with --key, or others');
  }
  if (flags.keyPassphraseFile !== undefined && flags.key === undefined) {
    throw new UsageError('--key-passphrase-file: is for the key that --key names');
  }
  if (flags.showSecrets && !flags.dryRun) throw new UsageError('--show-secrets: is for --dry-run');
}
