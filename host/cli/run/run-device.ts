import { deviceConfigSource, type Scope } from '../../cloud/index.js';
import { hexEncode, modulePath } from '../../core/index.js';
import type { CredentialOptions, CredentialValues } from '../options/credential-options.js';
import { Provisioning } from '../services/embedded-values.js';
import { accountOf, openPki, openStore, startLocalBroker, startLocalCloud } from '../services/local-services.js';
import { ended } from '../signals.js';
import { UsageError, UserError } from '../user-error.js';
import { overlaid, overlayOf } from './config-overlay.js';
import { type Counts, DeviceRun } from './device-run.js';
import type { Report } from './run-events.js';

export interface RunOptions extends CredentialOptions {
  protocol?: '3.1.1' | '5';
  deviceSid?: string;
  scope?: 'device' | 'account';
  publishTopic?: string;
  subscribeTopic?: string;
  interval?: number;
  guest?: string;
  /** Milliseconds; without it the run ends with a signal. */
  for?: number;
  data: string;
  cloudPort?: number;
}

/**
 * One whole run: cloud, broker where none is named, device. Resolves when the time is up or `stop` says so; everything
 * is closed and the summary was reported then, also when it rejects.
 *
 * @throws UsageError, UserError, StoreError, PkiError, BrokerError, CloudStartError
 */
export async function runDevice(options: RunOptions, report: Report, stop: AbortSignal): Promise<void> {
  const closers: (() => Promise<void>)[] = [];
  const counts: Counts = { published: 0, received: 0, errors: 0 };
  try {
    const device = await prepare(options, report, counts, closers);
    if (stop.aborted) return;
    device.start();
    await Promise.race([device.failed, ended(options.for, stop)]);
    if (!device.connectedOnce && !stop.aborted) {
      throw new UserError(
        `the device did not connect within ${options.for} ms; see the log lines, or give it longer with --for`,
      );
    }
  } catch (error) {
    counts.errors++;
    if (!(error instanceof UsageError)) report({ event: 'error', message: (error as Error).message, final: true });
    throw error;
  } finally {
    for (const close of closers.reverse()) await close();
    report({ event: 'summary', ...counts });
  }
}

async function prepare(
  options: RunOptions,
  report: Report,
  counts: Counts,
  closers: (() => Promise<void>)[],
): Promise<DeviceRun> {
  const overlay = overlayOf(options, Date.now());
  const store = openStore(options.data);
  closers.push(() => store.close());
  const account = await accountOf(store, process.env);
  const deviceSid = options.deviceSid || account.deviceSid;
  const scope: Scope = options.scope === 'account' ? { kind: 'account' } : { kind: 'device', deviceSid };
  const provisioning = new Provisioning(store, scope);
  const source = sourceOf(options, provisioning);
  if (source === 'embedded broker') refuseStrayOptions(options);

  const cloud = await startLocalCloud(store, account, { option: '--cloud-port', port: options.cloudPort });
  closers.push(() => cloud.close());
  report({
    event: 'listening',
    service: 'cloud',
    url: `${cloud.url}/v1`,
    accountSid: account.accountSid,
    authToken: account.authToken,
  });
  if (source === 'embedded broker') await embed(options, deviceSid, provisioning, report, closers);

  const hidden: Set<string> = source === 'options' ? provisioning.ownKeys() : new Set();
  const config = overlaid(deviceConfigSource(store, deviceSid), overlay, hidden);
  const guest = options.guest ?? modulePath('app.wasm');
  const device = await DeviceRun.load({
    guest,
    deviceSid,
    config,
    report,
    counts,
    guestOptions: {
      ...options,
      required: {
        clientId: overlay['client-id'] !== undefined,
        rootCa: overlay['root-CA'] !== undefined,
        certificate: overlay.cert !== undefined,
        password: overlay.username !== undefined,
      },
    },
  });
  closers.push(() => device.stop());
  report({ event: 'device', deviceSid, guest: options.guest ?? 'app.wasm', source });
  return device;
}

/** A named broker comes from the options; else the store decides: values of the user's own are never written over. */
function sourceOf(options: RunOptions, provisioning: Provisioning): 'options' | 'store' | 'embedded broker' {
  if (options.brokerHost !== undefined) return 'options';
  return provisioning.foreignKeys().includes('broker-host') ? 'store' : 'embedded broker';
}

function refuseStrayOptions(options: RunOptions): void {
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

/** PKI, broker, and the device's configuration in the store, as the documents provision it. */
async function embed(
  options: RunOptions,
  deviceSid: string,
  provisioning: Provisioning,
  report: Report,
  closers: (() => Promise<void>)[],
): Promise<void> {
  const pki = await openPki(options.data, deviceSid);
  const broker = await startLocalBroker(pki, { option: '--broker-port', port: options.brokerPort });
  closers.push(() => broker.close());
  report({ event: 'listening', service: 'broker', url: `mqtts://localhost:${broker.port}`, port: broker.port });
  const foreign = provisioning.foreignKeys();
  const values: CredentialValues = {
    'broker-host': 'localhost',
    'broker-port': String(broker.port),
    'root-CA': hexEncode(pki.ca.certificateDer),
    cert: hexEncode(pki.device.certificateDer),
    private_key: hexEncode(pki.device.privateKeyPkcs8),
  };
  const clash = (Object.keys(values) as (keyof CredentialValues)[]).filter((key) => foreign.includes(key));
  if (clash.length > 0) {
    throw new UserError(
      `the store already holds ${clash.join(', ')} for this device, but no broker-host; add broker-host to run with ` +
        'them, delete them, or take another device with --device-sid',
    );
  }
  await provisioning.write(values);
}
