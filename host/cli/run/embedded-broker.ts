import type { BridgeEvent } from '../../broker/index.js';
import { hexEncode } from '../../core/index.js';
import type { CredentialValues } from '../options/credential-values.js';
import { UsageError, UserError } from '../process/user-error.js';
import type { EmbeddedValues } from '../services/embedded-values.js';
import { openPki, startLocalBroker } from '../services/local-servers.js';
import { reportBridge, reportListeners, reportWarnings } from './broker-conf.js';
import type { RunReport } from './run-events.js';
import type { RunOptions } from './run-options.js';

/** @throws UsageError for options that are for another broker */
export function refuseStrayOptions(options: RunOptions): void {
  const strays = [
    options.rootCa && '--root-ca',
    options.cert && '--cert',
    options.key && '--key',
    options.username && '--username',
  ].filter(Boolean);
  if (strays.length > 0) {
    throw new UsageError(`${strays.join(', ')}: these are for a broker of your own; name it with --broker-host`);
  }
}

/**
 * Starts the embedded broker and provisions the devices for it in the store, as the documents do.
 *
 * @param deviceSid whose certificate all of them have
 * @throws UserError when the user has values of his own for a device, or the port is taken; PkiError, BrokerError, StoreError
 */
export async function startEmbeddedBroker(
  options: RunOptions,
  deviceSid: string,
  embedded: readonly EmbeddedValues[],
  report: RunReport,
  closers: (() => Promise<void>)[],
): Promise<void> {
  const pki = await openPki(options.data, deviceSid);
  const { plan: read } = options;
  if (read) reportWarnings(read, report);
  const plan = read && { read, bridgeLog: (event: BridgeEvent) => reportBridge(event, report) };
  const broker = await startLocalBroker(pki, { option: '--broker-port', port: options.brokerPort }, plan);
  closers.push(() => broker.close());
  const { port } = broker;
  report({ event: 'listening', service: 'broker', url: `mqtts://localhost:${port}`, port });
  reportListeners(broker.planned, report);
  const values: CredentialValues = {
    'broker-host': 'localhost',
    'broker-port': String(port),
    'root-CA': hexEncode(pki.ca.certificateDer),
    cert: hexEncode(pki.device.certificateDer),
    private_key: hexEncode(pki.device.privateKeyPkcs8),
  };
  for (const each of embedded) await checkFree(each, values);
  // At once: the store makes few transactions of what it is asked in one turn.
  await Promise.all(embedded.map((each) => each.write(values)));
}

/** @throws UserError when the user has values of his own for the device */
async function checkFree(embedded: EmbeddedValues, values: CredentialValues): Promise<void> {
  const foreign = await embedded.foreignKeys();
  const clash = (Object.keys(values) as (keyof CredentialValues)[]).filter((key) => foreign.includes(key));
  if (clash.length > 0) {
    throw new UserError(
      `the store already holds ${clash.join(', ')} for this device, but no broker-host; add broker-host to run with ` +
        'them, delete them, or take another device with --device-sid',
    );
  }
}
