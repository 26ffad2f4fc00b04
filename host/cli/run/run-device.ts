import { join } from 'node:path';
import type { BridgeEvent, ReadPlan } from '../../broker/index.js';
import { deviceConfigSource, type Scope } from '../../cloud/index.js';
import { hexEncode, modulePath, pemOf } from '../../core/index.js';
import { readRootFile } from '../../credentials/index.js';
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
import { deviceSidsOf } from './device-sids.js';
import type { DeviceHardware } from './guest/device-hardware.js';
import { canConnect, readGuestFile } from './guest/guest-file.js';
import type { GuestOptions } from './guest/guest-options.js';
import { loadDevices } from './guest/load-devices.js';
import type { RunReport } from './run-events.js';
import { storedWarnings } from './stored-warnings.js';

export interface RunOptions extends CredentialOptions {
  protocol?: '3.1.1' | '5';
  /** The devices that are named. */
  deviceSid?: string[];
  /** How many devices there are to be. */
  devices?: number;
  scope?: 'device' | 'account';
  publishTopic?: string;
  subscribeTopic?: string;
  interval?: number;
  /** Milliseconds. */
  stableAfter?: number;
  guest?: string;
  /** Bytes of memory that the guest may have. */
  guestMemory?: number;
  /** Whether devices have a thread of their own; default: when `guest` is another one than the application of this package. */
  isolate?: boolean;
  /** Milliseconds after which a guest that does not come back is ended. */
  watchdog?: number;
  /** Delivers interrupts to a blocking guest at every call. */
  interruptEveryCall?: boolean;
  /** Hosts that the guest may send HTTP requests to. */
  allowHost?: string[];
  /** Whether HTTP without TLS may go to this machine. */
  plainHttp?: boolean;
  /** Files of CA certificates for HTTPS requests of the guest. */
  httpCa?: string[];
  /** The file of the external flash. */
  flash?: string;
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
    const runs = await prepare(options, report, counts, closers, stop).catch((error) => {
      // What a signal has broken off is no failure.
      if (stop.aborted) return [];
      throw error;
    });
    if (stop.aborted) return;
    for (const run of runs) run.start();
    await ended(options.for, stop, Promise.all(runs.map(({ over }) => over)));
    checkConnected(runs, options, stop);
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

/** A device that was loaded. */
interface LoadedRun {
  start(): void;
  readonly over: Promise<void>;
  readonly deviceSid: string;
  readonly connectedOnce: boolean;
  readonly mustConnect: boolean;
}

/** @throws UserError when a device that can connect has not */
function checkConnected(runs: readonly LoadedRun[], options: RunOptions, stop: AbortSignal): void {
  const lost = runs.filter(({ mustConnect, connectedOnce }) => mustConnect && !connectedOnce);
  if (lost.length === 0 || stop.aborted) return;
  const who = runs.length === 1 ? 'the device' : `${lost.length} of ${runs.length} devices`;
  const when = options.for === undefined ? 'before the guest ended' : `within ${options.for} ms`;
  throw new UserError(`${who} did not connect ${when}; see the log lines, or give it longer with --for`);
}

async function prepare(
  options: RunOptions,
  report: RunReport,
  counts: Counts,
  closers: (() => Promise<void>)[],
  stop: AbortSignal,
): Promise<LoadedRun[]> {
  const watchdog = watchdogOf(options);
  const { values: overlay, warnings } = overlayOf(options, Date.now());
  for (const warning of warnings) report({ event: 'finding', ...warning });
  const httpCas = httpCasOf(options);
  // Before anything is started: a module that cannot be a guest is the end of the run.
  const module = await readGuestFile(
    options.guest ?? modulePath('app.wasm'),
    { data: options.data, memoryLimit: options.guestMemory },
    stop,
  );
  const store = openStore(options.data);
  closers.push(() => store.close());
  const account = await accountOf(store, process.env);
  const sids = deviceSidsOf(options.deviceSid ?? [], options.devices, account.deviceSid);
  if (sids.length > 1 && options.clientId !== undefined) {
    throw new UsageError('--client-id: a broker has one connection for each client id, and there are several devices');
  }
  const scopes =
    options.scope === 'account' ? [ACCOUNT] : sids.map((deviceSid): Scope => ({ kind: 'device', deviceSid }));
  const embedded = scopes.map((scope) => new EmbeddedValues(store, scope));
  const source = sourceOf(options, embedded[0]);
  if (source === 'embedded broker') refuseStrayOptions(options);
  else if (options.plan) {
    throw new UsageError(
      '--broker-conf: is for the embedded broker, but the store names another with broker-host; delete it there, or ' +
        'run "wasmqtt broker -c" beside this run',
    );
  }
  if (source === 'store') {
    for (const scope of scopes) {
      const found = storedWarnings(store, scope, options.data, overlay);
      for (const warning of found) report({ event: 'finding', ...warning });
    }
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
  if (source === 'embedded broker') await startEmbeddedBroker(options, sids[0], embedded, report, closers);

  const runs = sids.map((deviceSid, index) => {
    const hidden: Set<string> = source === 'options' ? (embedded[index] ?? embedded[0]).ownKeys() : new Set();
    return new DeviceRun({
      deviceSid,
      config: overlaid(deviceConfigSource(store, deviceSid), overlay, hidden),
      stable: options.stableAfter,
      report: sids.length === 1 ? report : (event) => report({ ...event, device: deviceSid }),
      counts,
    });
  });
  const guest = {
    module,
    options: guestOptionsOf(options, overlay),
    hardware: hardwareOf(options, httpCas, sids.length),
    interruptEveryCall: options.interruptEveryCall,
  };
  const devices = await loadDevices(guest, runs, watchdog, stop);
  for (const device of devices) closers.push(() => device.stop());
  for (const deviceSid of sids) report({ event: 'device', deviceSid, guest: options.guest ?? 'app.wasm', source });
  const mustConnect = canConnect(module);
  return runs.map((run, index) => ({
    start: () => run.start(devices[index]),
    over: run.over,
    deviceSid: run.deviceSid,
    mustConnect,
    get connectedOnce() {
      return run.connectedOnce;
    },
  }));
}

const ACCOUNT: Scope = { kind: 'account' };
/** Milliseconds. */
const DEFAULT_WATCHDOG = 10_000;

/** A guest of somebody else's gets a thread of its own. */
function watchdogOf({ guest, isolate, watchdog }: RunOptions): number | undefined {
  const isIsolated = isolate ?? (guest !== undefined || watchdog !== undefined);
  if (!isIsolated && watchdog !== undefined) {
    throw new UsageError('--no-isolate and --watchdog exclude each other: only a thread of its own can be ended');
  }
  return isIsolated ? (watchdog ?? DEFAULT_WATCHDOG) : undefined;
}

function guestOptionsOf(options: RunOptions, overlay: CredentialValues): GuestOptions {
  const { protocol, scope, interval, stableAfter, publishTopic, subscribeTopic } = options;
  const required = {
    clientId: overlay['client-id'] !== undefined,
    rootCa: overlay['root-CA'] !== undefined,
    certificate: overlay.cert !== undefined,
    password: overlay.username !== undefined,
  };
  return { protocol, scope, interval, stableAfter, publishTopic, subscribeTopic, required };
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
  for (const each of embedded) await provision(each, values);
}

/** @throws UserError when the user has values of his own for the device */
async function provision(embedded: EmbeddedValues, values: CredentialValues): Promise<void> {
  const foreign = embedded.foreignKeys();
  const clash = (Object.keys(values) as (keyof CredentialValues)[]).filter((key) => foreign.includes(key));
  if (clash.length > 0) {
    throw new UserError(
      `the store already holds ${clash.join(', ')} for this device, but no broker-host; add broker-host to run with ` +
        'them, delete them, or take another device with --device-sid',
    );
  }
  await embedded.write(values);
}

/** @throws CredentialFileError for a file that holds no certificates */
function httpCasOf({ httpCa = [] }: RunOptions): string[] {
  const files = httpCa.flatMap((path) => readRootFile({ option: '--http-ca', path }));
  return files.map((der) => pemOf('CERTIFICATE', der));
}

/** @throws UsageError for several devices with one flash */
function hardwareOf(options: RunOptions, httpCas: readonly string[], devices: number): DeviceHardware {
  const { allowHost = [], plainHttp = false, flash, data } = options;
  if (flash !== undefined && devices > 1) {
    throw new UsageError(`--flash: is the flash of one device, and there are ${devices}; run them one by one`);
  }
  const wifiFolder = join(data, 'wifi');
  return {
    allowedHosts: allowHost,
    plainHttp,
    httpCas,
    wifiFolder,
    ...(flash === undefined ? {} : { flashFile: flash }),
  };
}
