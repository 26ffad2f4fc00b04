import { join } from 'node:path';
import { deviceConfigSource, type Scope } from '../../cloud/index.js';
import { modulePath, pemOf } from '../../core/index.js';
import { readRootFile } from '../../credentials/index.js';
import type { CredentialValues } from '../options/credential-values.js';
import { closeAll, ended } from '../process/signals.js';
import { keepHeapSmall } from '../process/small-heap.js';
import { UsageError, UserError } from '../process/user-error.js';
import { EmbeddedValues } from '../services/embedded-values.js';
import { startLocalCloud } from '../services/local-servers.js';
import { accountOf, openStore } from '../services/local-store.js';
import { overlaid, overlayOf } from './config-overlay.js';
import { type Counts, DeviceRun, type Fellows } from './device-run.js';
import { deviceSidsOf } from './device-sids.js';
import { refuseStrayOptions, startEmbeddedBroker } from './embedded-broker.js';
import { checkRoom, roomHere } from './enough-room.js';
import type { DeviceHardware } from './guest/device-hardware.js';
import { canConnect, readGuestFile } from './guest/guest-file.js';
import type { GuestOptions } from './guest/guest-options.js';
import { loadFleet } from './guest/load-fleet.js';
import type { RunReport } from './run-events.js';
import type { RunOptions } from './run-options.js';
import { type Startable, startDevices } from './start-devices.js';
import { storedWarnings } from './stored-warnings.js';

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
    const ending = new AbortController();
    closers.push(async () => ending.abort());
    void startDevices(runs, AbortSignal.any([stop, ending.signal]));
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
interface LoadedRun extends Startable {
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
  const file = { file: options.guest ?? modulePath('app.wasm'), data: options.data, memoryLimit: options.guestMemory };
  const module = await readGuestFile(file, stop);
  const store = await openStore(options);
  closers.push(() => store.close());
  const account = await accountOf(store, options.data, process.env);
  const values = store.values(account.accountSid);
  const sids = deviceSidsOf(options.deviceSid ?? [], options.devices, account.deviceSid);
  if (sids.length > 1 && options.clientId !== undefined) {
    throw new UsageError('--client-id: a broker has one connection for each client id, and there are several devices');
  }
  const scopes =
    options.scope === 'account' ? [ACCOUNT] : sids.map((deviceSid): Scope => ({ kind: 'device', deviceSid }));
  const embedded = scopes.map((scope) => new EmbeddedValues(store, account.accountSid, scope));
  const source = await sourceOf(options, embedded[0]);
  const hasBroker = source === 'embedded broker';
  checkRoom({ devices: sids.length, perProcess: options.devicesPerProcess, hasBroker }, roomHere());
  if (sids.length > 1) keepHeapSmall();
  if (hasBroker) refuseStrayOptions(options);
  else if (options.plan) {
    throw new UsageError(
      '--broker-conf: is for the embedded broker, but the store names another with broker-host; delete it there, or ' +
        'run "wasmqtt broker -c" beside this run',
    );
  }
  if (source === 'store') {
    for (const scope of scopes) {
      const place = { data: options.data, store: options.store, usual: account.deviceSid };
      const found = await storedWarnings(values, scope, place, overlay);
      for (const warning of found) report({ event: 'finding', ...warning });
    }
  }

  const cloud = await startLocalCloud(store, account, { option: '--cloud-port', port: options.cloudPort });
  closers.push(() => cloud.close());
  report({
    event: 'listening',
    service: 'cloud',
    url: cloud.url,
    accountSid: account.accountSid,
    authToken: account.authToken,
  });
  if (hasBroker) await startEmbeddedBroker(options, sids[0], embedded, report, closers);

  const ownKeys = await Promise.all(embedded.map((each) => each.ownKeys()));
  const fellows: Fellows = { haveConnected: false };
  const runs = sids.map((deviceSid, index) => {
    const hidden: Set<string> = source === 'options' ? (ownKeys[index] ?? ownKeys[0]) : new Set();
    return new DeviceRun({
      deviceSid,
      config: overlaid(deviceConfigSource(values, deviceSid), overlay, hidden),
      stable: options.stableAfter,
      report: sids.length === 1 ? report : (event) => report({ ...event, device: deviceSid }),
      counts,
      fellows,
    });
  });
  const guest = {
    module,
    options: guestOptionsOf(options, overlay),
    hardware: hardwareOf(options, httpCas, sids.length),
    interruptEveryCall: options.interruptEveryCall,
  };
  const onProcess = (pid: number, devices: number) => report({ event: 'process', pid, devices });
  const fleet = { guest, file, watchdog, perProcess: options.devicesPerProcess, onProcess };
  const devices = await loadFleet(fleet, runs, stop).catch((error) => {
    // A run that is ended while it begins has not failed.
    if (stop.aborted) return [];
    throw error;
  });
  closers.push(async () => void (await Promise.all(devices.map((device) => device.stop()))));
  if (stop.aborted) return [];
  for (const deviceSid of sids) report({ event: 'device', deviceSid, guest: options.guest ?? 'app.wasm', source });
  const mustConnect = canConnect(module);
  return runs.map((run, index) => ({
    start: () => run.start(devices[index]),
    arrived: mustConnect ? run.arrived : Promise.resolve(),
    over: run.over,
    deviceSid: run.deviceSid,
    mustConnect,
    get isConnecting() {
      return run.isConnecting;
    },
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
async function sourceOf(
  options: RunOptions,
  embedded: EmbeddedValues,
): Promise<'options' | 'store' | 'embedded broker'> {
  if (options.brokerHost !== undefined) return 'options';
  return (await embedded.foreignKeys()).includes('broker-host') ? 'store' : 'embedded broker';
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
