import { createRequire } from 'node:module';
import {
  type BridgeEvent,
  ConfigError,
  configFindingText,
  type LogType,
  type OccasionalEvent,
  PlannedBroker,
  type ReadPlan,
} from '../../broker/index.js';
import { jsonLines } from '../output/json-lines.js';
import { closeAll, ended } from '../process/signals.js';
import { keepYoungGenerationSmall } from '../process/young-generation.js';
import { type BrokerFlags, portsIgnored } from './broker-flags.js';
import { BrokerLog, type LogOutputs } from './broker-log.js';
import { tellStarter } from './daemon.js';
import { bridgeLine, eventLines } from './event-lines.js';
import { JsonEvents } from './json-events.js';
import { listeningEvent } from './listening-event.js';
import { packetTaps } from './packet-taps.js';
import { writePidFile } from './pid-file.js';
import { accountFor, become } from './privileges.js';
import { Watchers } from './watchers.js';

/** What events have as the address of clients in this process. */
const LOCAL = 'local';

export interface ServeOptions {
  read: ReadPlan;
  /** Reads the configuration again. @throws ConfigError */
  readPlan: () => ReadPlan;
  flags: BrokerFlags;
  stop: AbortSignal;
}

/** Runs a broker until it is stopped. @throws BrokerError, UserError when it cannot start; nothing is left open then */
export async function serveBroker(options: ServeOptions): Promise<void> {
  const { flags, stop } = options;
  const served = new ServedBroker(options);
  try {
    await served.start();
    keepYoungGenerationSmall();
    await tellStarter({ listening: true });
    await ended(flags.for, stop);
  } finally {
    await served.close();
  }
}

class ServedBroker {
  readonly #options: ServeOptions;
  readonly #outputs: LogOutputs;
  readonly #log: BrokerLog;
  readonly #json: JsonEvents | undefined;
  readonly #closers: (() => Promise<void>)[] = [];
  #broker: PlannedBroker | undefined;
  #connectionMessages: boolean;
  /** SIGHUP came before the listeners were open. */
  #wantsReload = false;

  constructor(options: ServeOptions) {
    const { read, flags } = options;
    const { stdout, stderr } = process;
    this.#options = options;
    // Under --json standard output has nothing but JSON.
    this.#outputs = { stdout: flags.json ? stderr : stdout, stderr, now: () => new Date() };
    this.#json = flags.json ? new JsonEvents(jsonLines(stdout)) : undefined;
    this.#connectionMessages = read.plan.log.connectionMessages;
    this.#log = new BrokerLog(read.plan.log, this.#outputs);
    this.#closers.push(() => this.#log.close());
  }

  async start(): Promise<void> {
    const { read, flags } = this.#options;
    const { plan, warnings } = read;
    this.#takeSignals();
    const account = accountFor(plan.user);
    this.#say('information', `wasmqtt version ${version()} starting`);
    if (flags.configFile !== undefined) this.#say('information', `Config loaded from ${flags.configFile}.`);
    for (const finding of warnings) this.#say('warning', configFindingText(finding));
    if (flags.port && !plan.isLocalOnly) this.#say('warning', portsIgnored(flags.configFile!));
    const watchers = await Watchers.open(flags, (reason) => this.#captureEnded(reason));
    this.#closers.push(() => watchers.stopCapture());
    const taps = [...packetTaps(this.#log, this.#json, flags), ...watchers.taps];
    const broker = await PlannedBroker.start(read, {
      logOccasional: (event) => this.#tell(event),
      bridgeLog: (event) => this.#tellBridge(event),
      taps,
      persistence: flags.persistence,
      onCommit: (seconds) => watchers.committed(seconds),
      version: version(),
    });
    this.#broker = broker;
    this.#closers.push(() => broker.close());
    this.#closers.push(() => watchers.stopServing());
    const statusUrl = await watchers.serve(broker.broker, flags.status, version());
    if (plan.pidFile) {
      const remove = writePidFile(plan.pidFile);
      this.#closers.push(async () => remove());
    }
    if (account) {
      broker.handOver(account);
      become(account);
    }
    this.#outputs.publish = (topic, text) => broker.broker.publish(topic, text);
    this.#announce(broker, statusUrl);
    if (this.#wantsReload) this.#reload();
  }

  async close(): Promise<void> {
    if (this.#broker) this.#say('information', `wasmqtt version ${version()} terminating`);
    this.#outputs.publish = undefined;
    await closeAll(this.#closers);
  }

  #announce({ plan, listeners }: PlannedBroker, statusUrl: string | undefined): void {
    this.#json?.begin(listeningEvent(listeners));
    if (statusUrl !== undefined) this.#json?.add({ event: 'status', url: statusUrl });
    for (const { protocol, host, port } of listeners) {
      const where = port === 0 ? `on ${host}` : `on port ${port} of ${host}`;
      this.#say('information', `Opening ${protocol} listen socket ${where}.`);
    }
    if (statusUrl !== undefined) this.#say('information', `Status and metrics at ${statusUrl}.`);
    if (plan.isLocalOnly) {
      this.#say(
        'warning',
        'Only this machine can connect: no listener is configured. Write "listener PORT" to change that.',
      );
    }
    this.#say('information', `wasmqtt version ${version()} running`);
  }

  #captureEnded(reason: string): void {
    this.#say('warning', reason);
    this.#json?.add({ event: 'capture ended', reason });
  }

  #takeSignals(): void {
    const handlers: [NodeJS.Signals, () => void][] = [
      ['SIGHUP', () => this.#reload()],
      ['SIGUSR1', () => this.#save()],
      ['SIGUSR2', () => this.#count()],
    ];
    for (const [signal, handler] of handlers) process.on(signal, handler);
    this.#closers.push(async () => {
      for (const [signal, handler] of handlers) process.off(signal, handler);
    });
  }

  #save(): void {
    this.#broker?.save().then(
      (isKept) =>
        this.#say('information', isKept ? 'Saved.' : 'Nothing to save: the state of this broker is not kept.'),
      (error: Error) => this.#say('error', `cannot save: ${error.message}`),
    );
  }

  #reload(): void {
    const broker = this.#broker;
    this.#wantsReload = broker === undefined;
    if (!broker) return;
    this.#say('information', 'Reloading config.');
    try {
      const read = this.#options.readPlan();
      this.#log.reopen(read.plan.log);
      this.#connectionMessages = read.plan.log.connectionMessages;
      const { needsRestart, failed } = broker.reload(read);
      for (const finding of read.warnings) this.#say('warning', configFindingText(finding));
      for (const name of needsRestart) this.#say('warning', `${name} changed: that takes a restart`);
      for (const reason of failed) this.#say('error', `${reason}; the old certificates stay`);
      this.#json?.add({ event: 'reloaded', done: true, needsRestart, failed });
    } catch (error) {
      const findings = error instanceof ConfigError ? error.findings : [];
      // Its file may have been moved away: that is what the signal is sent for too.
      this.#log.reopen(broker.plan.log);
      for (const finding of findings) this.#say('error', configFindingText(finding));
      if (findings.length === 0) this.#say('error', (error as Error).message);
      this.#say('error', 'The configuration was not reloaded: all stays as it was.');
      this.#json?.add({ event: 'reloaded', done: false, findings });
    }
  }

  #count(): void {
    if (!this.#broker) return;
    const { connections, sessions, subscriptions, retained } = this.#broker.broker.engine.counts;
    const text = `${connections} connections, ${sessions} sessions, ${subscriptions} subscriptions, ${retained} retained messages`;
    this.#say('notice', text);
  }

  #tell(event: OccasionalEvent): void {
    // Bridges and $SYS are clients too, but of the broker's own.
    if ('remote' in event && event.remote === LOCAL) return;
    for (const line of eventLines(event, this.#connectionMessages)) this.#log.write(line);
    this.#json?.broker(event);
  }

  #tellBridge(event: BridgeEvent): void {
    this.#log.write(bridgeLine(event));
    const { type, ...fields } = event;
    this.#json?.add({ event: `bridge ${type}`, ...fields });
  }

  #say(type: LogType, text: string): void {
    this.#log.write({ type, text });
  }
}

function version(): string {
  return (createRequire(import.meta.url)('wasmqtt/package.json') as { version: string }).version;
}
