import { type CloudService, DeviceLink, type Scope, StoreCloudService } from '../../cloud/index.js';
import { modulePath } from '../../core/index.js';
import { type GuestModule, realClock } from '../../microvisor/index.js';
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
import { farDevices } from './far-cloud.js';
import { canConnect, type GuestFile, readGuestFile } from './guest/guest-file.js';
import { guestSettingsOf, httpCasOf } from './guest/guest-settings.js';
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
    const runs = await prepare(options, { report, counts, closers, stop }).catch((error) => {
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

/** What a run has from its beginning to its end. */
interface RunContext {
  report: RunReport;
  counts: Counts;
  closers: (() => Promise<void>)[];
  stop: AbortSignal;
}

async function prepare(options: RunOptions, context: RunContext): Promise<LoadedRun[]> {
  const { report, closers } = context;
  if (areMany(options)) keepHeapSmall();
  const watchdog = watchdogOf(options);
  const { values: overlay, warnings } = overlayOf(options, Date.now());
  for (const warning of warnings) report({ event: 'finding', ...warning });
  const httpCas = httpCasOf(options);
  // Before anything is started: a module that cannot be a guest is the end of the run.
  const file = { file: options.guest ?? modulePath('app.wasm'), data: options.data, memoryLimit: options.guestMemory };
  const module = await readGuestFile(file, context.stop);
  const load = (devices: PreparedDevices) =>
    loadRuns(devices, { ...options, overlay, httpCas, module, file, watchdog }, context);
  if (options.cloud !== undefined) {
    const devices = farDevices({ ...options, cloud: options.cloud }, process.env);
    return load({ devices, source: options.brokerHost === undefined ? 'cloud' : 'options', hiddenOf: () => new Set() });
  }
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
  return load({
    devices: sids.map((deviceSid) => ({
      deviceSid,
      service: new StoreCloudService(store, account.accountSid, deviceSid),
    })),
    source,
    hiddenOf: (index) => (source === 'options' ? (ownKeys[index] ?? ownKeys[0]) : new Set()),
  });
}

/** Whether several devices are asked for; behind --cloud nobody knows before the keys are read. */
const areMany = ({ devices, deviceSid = [], cloud }: RunOptions): boolean =>
  cloud !== undefined || (devices ?? deviceSid.length) > 1;

/** The devices of a run and their cloud. */
interface PreparedDevices {
  devices: readonly { deviceSid: string; service: CloudService }[];
  source: 'embedded broker' | 'options' | 'store' | 'cloud';
  /** Keys that the device of this index is not to see. */
  hiddenOf(index: number): ReadonlySet<string>;
}

/** How they are loaded. */
type LoadOptions = RunOptions & {
  overlay: CredentialValues;
  httpCas: readonly string[];
  module: GuestModule;
  file: GuestFile;
  watchdog: number | undefined;
};

async function loadRuns(
  { devices: prepared, source, hiddenOf }: PreparedDevices,
  { overlay, httpCas, module, file, watchdog, ...options }: LoadOptions,
  { report, counts, closers, stop }: RunContext,
): Promise<LoadedRun[]> {
  const fellows: Fellows = { haveConnected: false };
  const links: DeviceLink[] = [];
  const runs = prepared.map(({ deviceSid, service }, index) => {
    const own: RunReport = prepared.length === 1 ? report : (event) => report({ ...event, device: deviceSid });
    const link = new DeviceLink(service, {
      clock: realClock,
      onNotice: (text) => own({ event: 'cloud', text }),
    });
    links.push(link);
    return new DeviceRun({
      deviceSid,
      config: overlaid(link, overlay, hiddenOf(index)),
      cloud: link,
      stable: options.stableAfter,
      report: own,
      counts,
      fellows,
    });
  });
  closers.push(async () => void (await Promise.all(links.map((link) => link.close()))));
  const guest = { module, ...guestSettingsOf(options, { overlay, httpCas, devices: prepared.length }) };
  const onProcess = (pid: number, devices: number) => report({ event: 'process', pid, devices });
  const fleet = { guest, file, watchdog, perProcess: options.devicesPerProcess, onProcess };
  const devices = await loadFleet(fleet, runs, stop).catch((error) => {
    // A run that is ended while it begins has not failed.
    if (stop.aborted) return [];
    throw error;
  });
  closers.push(async () => {
    for (const run of runs) run.unfollow();
    await Promise.all(devices.map((device) => device.stop()));
  });
  if (stop.aborted) return [];
  await Promise.all(devices.map((device, index) => runs[index].follow(device, CLOUD_PATIENCE)));
  if (stop.aborted) return [];
  for (const { deviceSid } of prepared)
    report({ event: 'device', deviceSid, guest: options.guest ?? 'app.wasm', source });
  const mustConnect = canConnect(module);
  return runs.map((run, index) => ({
    start: () => run.start(devices[index]),
    arrived: mustConnect ? run.arrived : Promise.resolve(),
    over: run.over,
    deviceSid: run.deviceSid,
    // Whether an application of the cloud can is not known here.
    get mustConnect() {
      return mustConnect && !run.isUpdated;
    },
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
/** Milliseconds that a run waits for its cloud to say what devices are to run, before it starts them with their guest. */
const CLOUD_PATIENCE = 3000;

/** A guest of somebody else's gets a thread of its own. */
function watchdogOf({ guest, isolate, watchdog }: RunOptions): number | undefined {
  const isIsolated = isolate ?? (guest !== undefined || watchdog !== undefined);
  if (!isIsolated && watchdog !== undefined) {
    throw new UsageError('--no-isolate and --watchdog exclude each other: only a thread of its own can be ended');
  }
  return isIsolated ? (watchdog ?? DEFAULT_WATCHDOG) : undefined;
}

/** The options may name a broker. Else the store decides, because the user's own values are never overwritten. */
async function sourceOf(
  options: RunOptions,
  embedded: EmbeddedValues,
): Promise<'options' | 'store' | 'embedded broker'> {
  if (options.brokerHost !== undefined) return 'options';
  return (await embedded.foreignKeys()).includes('broker-host') ? 'store' : 'embedded broker';
}
