import { configFindingText, PlannedBroker, type ReadPlan, readBrokerPlan } from '../../../broker/index.js';
import { type BrokerFlags, portsIgnored } from '../broker-flags.js';
import { checkReport } from '../check-report.js';
import type { BrokerSource, Note, Reload, Report, RunningSource, Surroundings } from './broker-source.js';

const LOCAL_ONLY: Note = {
  type: 'warning',
  text: 'Only this machine can connect: no listener is configured. Write "listener PORT" to change that.',
};

/** A broker of a `mosquitto.conf`, or of its defaults. */
export class PlannedSource implements BrokerSource {
  readonly #flags: BrokerFlags;
  readonly #read: ReadPlan;

  /** @throws ConfigError with all mistakes */
  constructor(flags: BrokerFlags) {
    this.#flags = flags;
    this.#read = readPlan(flags);
  }

  get log() {
    return this.#read.plan.log;
  }

  get pidFile() {
    return this.#read.plan.pidFile;
  }

  get user() {
    return this.#read.plan.user;
  }

  get notes(): Note[] {
    const { configFile } = this.#flags;
    const notes: Note[] = [];
    if (configFile !== undefined) notes.push({ type: 'information', text: `Config loaded from ${configFile}.` });
    for (const text of this.#warnings) notes.push({ type: 'warning', text });
    return notes;
  }

  async start(surroundings: Surroundings): Promise<RunningSource> {
    const planned = await PlannedBroker.start(this.#read, surroundings);
    return {
      broker: planned.broker,
      notes: planned.plan.isLocalOnly ? [LOCAL_ONLY] : [],
      reload: () => this.#reload(planned),
      save: () => planned.save(),
      handOver: (account) => planned.handOver(account),
      close: () => planned.close(),
    };
  }

  report(): Report {
    const { plan, warnings } = this.#read;
    const { log, ...rest } = plan;
    return {
      warnings: this.#warnings,
      lines: checkReport(plan),
      events: [
        ...warnings.map((finding) => ({ event: 'finding', ...finding })),
        { event: 'plan', plan: { ...rest, log: { ...log, types: [...log.types] } } },
      ],
    };
  }

  get #warnings(): string[] {
    const { configFile, port } = this.#flags;
    const { plan, warnings } = this.#read;
    return [...warnings.map(configFindingText), ...(port && !plan.isLocalOnly ? [portsIgnored(configFile!)] : [])];
  }

  #reload(planned: PlannedBroker): Reload {
    const read = readPlan(this.#flags);
    return { ...planned.reload(read), warnings: read.warnings, log: read.plan.log };
  }
}

function readPlan({ configFile, port, verbose }: BrokerFlags): ReadPlan {
  return readBrokerPlan(configFile, { ports: port, verbose });
}
