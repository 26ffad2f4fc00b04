import { createRequire } from 'node:module';
import {
  type BridgeEvent,
  ConfigError,
  configFindingText,
  type LogPlan,
  type LogType,
  type OccasionalEvent,
} from '../../broker/index.js';
import { jsonLines } from '../output/json-lines.js';
import { closeAll, ended } from '../process/signals.js';
import { keepYoungGenerationSmall } from '../process/young-generation.js';
import type { BridgesInBroker } from './bridges/bridges-in-broker.js';
import type { BrokerFlags } from './broker-flags.js';
import { BrokerLog, type LogOutputs } from './broker-log.js';
import { tellStarter } from './daemon.js';
import { bridgeLine, eventLines } from './event-lines.js';
import { JsonEvents } from './json-events.js';
import { listeningEvent } from './listening-event.js';
import { packetTaps } from './packet-taps.js';
import { writePidFile } from './pid-file.js';
import { accountFor, become } from './privileges.js';
import type { BrokerSource, Note, RunningSource, Surroundings } from './source/broker-source.js';
import { Watchers } from './watchers.js';

/** What events have as the address of clients in this process. */
const LOCAL = 'local';

export interface ServeOptions {
  source: BrokerSource;
  bridges: BridgesInBroker | undefined;
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
  #running: RunningSource | undefined;
  #connectionMessages: boolean;
  #logPlan: LogPlan;
  /** SIGHUP came before the listeners were open. */
  #wantsReload = false;

  constructor(options: ServeOptions) {
    const { source, flags } = options;
    const { stdout, stderr } = process;
    this.#options = options;
    // Under --json standard output has nothing but JSON.
    this.#outputs = { stdout: flags.json ? stderr : stdout, stderr, now: () => new Date() };
    this.#json = flags.json ? new JsonEvents(jsonLines(stdout)) : undefined;
    this.#logPlan = source.log;
    this.#connectionMessages = source.log.connectionMessages;
    this.#log = new BrokerLog(source.log, this.#outputs);
    this.#closers.push(() => this.#log.close());
  }

  async start(): Promise<void> {
    const { source, bridges, flags } = this.#options;
    this.#takeSignals();
    const account = accountFor(source.user);
    this.#say('information', `wasmqtt version ${version()} starting`);
    for (const note of source.notes) this.#log.write(note);
    const watchers = await Watchers.open(flags, (reason) => this.#captureEnded(reason));
    this.#closers.push(() => watchers.stopCapture());
    const taps = [...packetTaps(this.#log, this.#json, flags), ...watchers.taps];
    const tell = this.#tellOfSource.bind(this);
    const surroundings: Surroundings = {
      logOccasional: (event) => this.#tell(event),
      bridgeLog: (event) => this.#tellBridge(event),
      tell,
      beforeListening: async (broker) => bridges?.start(broker, tell),
      taps,
      persistence: flags.persistence,
      onCommit: (seconds) => watchers.committed(seconds),
      version: version(),
      stop: this.#options.stop,
    };
    const running = await source.start(surroundings).catch(async (error) => {
      await bridges?.close();
      throw error;
    });
    this.#running = running;
    this.#closers.push(() => running.close());
    if (bridges) this.#closers.push(() => bridges.close());
    this.#closers.push(() => watchers.stopServing());
    const { broker } = running;
    const statusUrl = await watchers.serve(broker, flags.status, version(), bridges?.watched);
    if (source.pidFile) {
      const remove = writePidFile(source.pidFile);
      this.#closers.push(async () => remove());
    }
    if (account) {
      running.handOver(account);
      become(account);
    }
    this.#outputs.publish = (topic, text) => broker.publish(topic, text);
    this.#announce(running, statusUrl);
    if (this.#wantsReload) await this.#reload();
  }

  async close(): Promise<void> {
    if (this.#running) this.#say('information', `wasmqtt version ${version()} terminating`);
    this.#outputs.publish = undefined;
    await closeAll(this.#closers);
  }

  #announce({ broker: { listeners }, notes }: RunningSource, statusUrl: string | undefined): void {
    this.#json?.begin(listeningEvent(listeners));
    if (statusUrl !== undefined) this.#json?.add({ event: 'status', url: statusUrl });
    for (const { protocol, host, port } of listeners) {
      const where = port === 0 ? `on ${host}` : `on port ${port} of ${host}`;
      this.#say('information', `Opening ${protocol} listen socket ${where}.`);
    }
    if (statusUrl !== undefined) this.#say('information', `Status and metrics at ${statusUrl}.`);
    for (const note of notes) this.#log.write(note);
    this.#say('information', `wasmqtt version ${version()} running`);
  }

  #captureEnded(reason: string): void {
    this.#say('warning', reason);
    this.#json?.add({ event: 'capture ended', reason });
  }

  #takeSignals(): void {
    const handlers: [NodeJS.Signals, () => void][] = [
      ['SIGHUP', () => void this.#reload()],
      ['SIGUSR1', () => this.#save()],
      ['SIGUSR2', () => this.#count()],
    ];
    for (const [signal, handler] of handlers) process.on(signal, handler);
    this.#closers.push(async () => {
      for (const [signal, handler] of handlers) process.off(signal, handler);
    });
  }

  #save(): void {
    this.#running?.save().then(
      (isKept) =>
        this.#say('information', isKept ? 'Saved.' : 'Nothing to save: the state of this broker is not kept.'),
      (error: Error) => this.#say('error', `cannot save: ${error.message}`),
    );
  }

  async #reload(): Promise<void> {
    const running = this.#running;
    this.#wantsReload = running === undefined;
    if (!running) return;
    this.#say('information', 'Reloading config.');
    try {
      const { log, warnings, needsRestart, failed } = await running.reload();
      this.#reopenLog(log);
      for (const finding of warnings) this.#say('warning', configFindingText(finding));
      for (const name of needsRestart) this.#say('warning', `${name} changed: that takes a restart`);
      for (const reason of failed) this.#say('error', `${reason}; the old certificates stay`);
      this.#json?.add({ event: 'reloaded', done: true, needsRestart, failed });
    } catch (error) {
      const findings = error instanceof ConfigError ? error.findings : [];
      // Its file may have been moved away: that is what the signal is sent for too.
      this.#reopenLog(this.#logPlan);
      for (const finding of findings) this.#say('error', configFindingText(finding));
      if (findings.length === 0) this.#say('error', (error as Error).message);
      this.#say('error', 'The configuration was not reloaded: all stays as it was.');
      this.#json?.add({ event: 'reloaded', done: false, findings });
    }
  }

  #reopenLog(plan: LogPlan): void {
    this.#logPlan = plan;
    this.#log.reopen(plan);
    this.#connectionMessages = plan.connectionMessages;
  }

  #count(): void {
    if (!this.#running) return;
    const { connections, sessions, subscriptions, retained } = this.#running.broker.engine.counts;
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

  #tellOfSource(event: object, note: Note | undefined): void {
    if (note) this.#log.write(note);
    this.#json?.add(event);
  }

  #say(type: LogType, text: string): void {
    this.#log.write({ type, text });
  }
}

function version(): string {
  return (createRequire(import.meta.url)('wasmqtt/package.json') as { version: string }).version;
}
