import type { BridgeEvent, ReadPlan } from '../../broker/index.js';
import { deviceConfigSource, type Scope } from '../../cloud/index.js';
import { hexEncode, modulePath } from '../../core/index.js';
import type { CredentialOptions } from '../options/credential-options.js';
import type { CredentialValues } from '../options/credential-values.js';
import { closeAll, ended } from '../process/signals.js';
import { UsageError, UserError } from '../process/user-error.js';
import { EmbeddedValues } from '../services/embedded-values.js';
import { openPki, startLocalBroker, startLocalCloud } from '../services/local-servers.js';
import { accountOf, openStore } from '../services/local-store.js';
import { reportBridge, reportListeners, reportWarnings } from './broker-conf.js';
import { overlaid, overlayOf } from './config-overlay.js';
import { type Counts, DeviceRun } from './device-run.js';
import type { RunReport } from './run-events.js';
import { storedWarnings } from './stored-warnings.js';

export interface RunOptions extends CredentialOptions {
  protocol?: '3.1.1' | '5';
  deviceSid?: string;
  scope?: 'device' | 'account';
  publishTopic?: string;
  subscribeTopic?: string;
  interval?: number;
  /** Milliseconds. */
  stableAfter?: number;
  guest?: string;
  /** Milliseconds; without it only a signal ends the run. */
  for?: number;
  data: string;
  cloudPort?: number;
  /** What the embedded broker opens besides its own listener. */
  plan?: ReadPlan;
}

/**
 * One whole run: cloud, a broker if none is named, device. Ends when the time is up or `stop` is aborted. When the promise
 * settles, either way, everything is closed and the summary was reported.
 *
 * @throws UsageError, UserError, StoreError, PkiError, BrokerError, CloudStartError
 */
export async function runDevice(options: RunOptions, report: RunReport, stop: AbortSignal): Promise<void> {
  const closers: (() => Promise<void>)[] = [];
  const counts: Counts = { published: 0, received: 0, errors: 0 };
  try {
    const device = await prepare(options, report, counts, closers);
    if (stop.aborted) return;
    device.start();
    await ended(options.for, stop, device.failed);
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
    try {
      await closeAll(closers);
    } finally {
      report({ event: 'summary', ...counts });
    }
  }
}

async function prepare(
  options: RunOptions,
  report: RunReport,
  counts: Counts,
  closers: (() => Promise<void>)[],
): Promise<DeviceRun> {
  const { values: overlay, warnings } = overlayOf(options, Date.now());
  for (const warning of warnings) report({ event: 'finding', ...warning });
  const store = openStore(options.data);
  closers.push(() => store.close());
  const account = await accountOf(store, process.env);
  const deviceSid = options.deviceSid || account.deviceSid;
  const scope: Scope = options.scope === 'account' ? { kind: 'account' } : { kind: 'device', deviceSid };
  const embedded = new EmbeddedValues(store, scope);
  const source = sourceOf(options, embedded);
  if (source === 'embedded broker') refuseStrayOptions(options);
  else if (options.plan) {
    throw new UsageError(
      '--broker-conf: is for the embedded broker, but the store names another with broker-host; delete it there, or ' +
        'run "wasmqtt broker -c" beside this run',
    );
  }
  if (source === 'store') {
    const found = storedWarnings(store, scope, options.data, overlay);
    for (const warning of found) report({ event: 'finding', ...warning });
  }

  const cloud = await startLocalCloud(store, account, { option: '--cloud-port', port: options.cloudPort });
  closers.push(() => cloud.close());
  report({
    event: 'listening',
    service: 'cloud',
    url: `${cloud.url}/v1`,
    accountSid: account.accountSid,
    authToken: account.authToken,
  });
  if (source === 'embedded broker') await startEmbeddedBroker(options, deviceSid, embedded, report, closers);

  const hidden: Set<string> = source === 'options' ? embedded.ownKeys() : new Set();
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

/** The options may name a broker. Else the store decides, because the user's own values are never overwritten. */
function sourceOf(options: RunOptions, embedded: EmbeddedValues): 'options' | 'store' | 'embedded broker' {
  if (options.brokerHost !== undefined) return 'options';
  return embedded.foreignKeys().includes('broker-host') ? 'store' : 'embedded broker';
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

/** Starts the embedded broker and provisions the device for it in the store, as the documents do. */
async function startEmbeddedBroker(
  options: RunOptions,
  deviceSid: string,
  embedded: EmbeddedValues,
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
  const foreign = embedded.foreignKeys();
  const values: CredentialValues = {
    'broker-host': 'localhost',
    'broker-port': String(port),
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
  await embedded.write(values);
}
