import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import {
  type Broker,
  BrokerError,
  Clockwork,
  createBroker,
  type RuleRefusal,
  type TlsMaterial,
  type TlsSettings,
} from '../../../../broker/index.js';
import {
  brokerKeeper,
  DOJOT_PORTS,
  dojotLimits,
  dojotListeners,
  type Generation,
  type ReadVariables,
  readVariables,
  VariableError,
} from '../../../../dojot/broker/index.js';
import { keeperNote } from '../../../dojot/keeper-note.js';
import { KeptMaterial } from '../../../dojot/kept-material.js';
import { UsageError } from '../../../process/user-error.js';
import type { BrokerSource, Note, Reload, Report, RunningSource, Surroundings } from '../../source/broker-source.js';
import type { ProfileFlags } from '../profile.js';
import { profileLog } from '../profile-log.js';
import { openStateStore } from '../state-store.js';
import type { DojotFlags } from './dojot-flags.js';
import { refusalNote } from './refusal-note.js';

/** dojot's broker, as options and environment variables have it. */
export class DojotSource implements BrokerSource {
  readonly log;
  readonly #flags: ProfileFlags & DojotFlags;
  readonly #read: ReadVariables;

  /** @throws UsageError with all that is wrong with the variables and options */
  constructor(flags: ProfileFlags) {
    this.log = profileLog(flags);
    this.#flags = flags as ProfileFlags & DojotFlags;
    this.#read = read(flags as DojotFlags);
    if ((flags.port?.length ?? 0) > 1) throw new UsageError('-p: --profile dojot has one plain port');
    if (this.#flags.servicesPort !== undefined && this.#flags.generation !== '3') {
      throw new UsageError('--services-port is for --generation 3: before, the bridges come in by --tls-port');
    }
  }

  get notes(): Note[] {
    return this.#read.notes.map((text) => ({ type: 'warning', text }));
  }

  async start(surroundings: Surroundings): Promise<RunningSource> {
    const { certificates } = this.#flags;
    if (certificates !== undefined) return this.#run(surroundings, filesIn(certificates));
    const { settings } = this.#read;
    const clockwork = new Clockwork(() => performance.now(), true);
    // Between two attempts nothing else keeps the process.
    clockwork.hold();
    const keeper = brokerKeeper(settings, {
      timers: clockwork,
      wallClock: Date.now,
      report: (event) => {
        const { type, ...fields } = event;
        surroundings.tell({ event: `pki ${type}`, ...fields }, keeperNote(event, settings.certificate.pkiVariable));
      },
    });
    const stop = async () => {
      keeper.stop();
      clockwork.stop();
    };
    try {
      const kept = new KeptMaterial(keeper);
      const running = await this.#run(surroundings, await kept.first(surroundings.stop, settings.certificate.pki));
      kept.follow((material) => reload(running.broker, material));
      return {
        ...running,
        reload: () => this.#reload(() => keeper.refresh()),
        close: () => stop().then(running.close),
      };
    } catch (error) {
      await stop();
      throw error;
    }
  }

  report(): Report {
    const { settings, notes } = this.#read;
    const { certificate, services, lifetime, generation } = settings;
    const names = (set: ReadonlySet<string>) => [...set].join(', ');
    const { certificates } = this.#flags;
    return {
      warnings: notes,
      lines: [
        `dojot, generation ${generation}`,
        `K2V: ${names(services.k2v)}; V2K: ${names(services.v2k)}`,
        `A device stays connected for ${lifetime / 1000} s.`,
        certificates === undefined
          ? `Certificate for ${certificate.name} from ${certificate.pki} (${certificate.pkiVariable})`
          : `Certificate from ${certificates}`,
      ],
      events: [{ event: 'dojot', ...settings, services: { k2v: [...services.k2v], v2k: [...services.v2k] } }],
    };
  }

  async #run(surroundings: Surroundings, tls: TlsSettings): Promise<RunningSource> {
    const { settings } = this.#read;
    const { state, tlsHost: host = '127.0.0.1', tlsPort, servicesPort, port, persistence } = this.#flags;
    const ports = {
      tlsPort: tlsPort ?? DOJOT_PORTS.tlsPort,
      servicesPort: servicesPort ?? DOJOT_PORTS.servicesPort,
      plainPort: port?.[0] ?? DOJOT_PORTS.plainPort,
    };
    const { onCommit, logOccasional, taps, beforeListening } = surroundings;
    const store = openStateStore(state, 'dojot', persistence, onCommit);
    const limits = dojotLimits(settings.generation);
    const broker = await createBroker({ logOccasional, taps: [...taps], store, limits });
    try {
      await beforeListening?.(broker);
      const tell = (refusal: RuleRefusal) =>
        surroundings.tell({ event: 'rule refusal', ...refusal }, refusalNote(refusal));
      for (const listener of dojotListeners(settings, { host, ...ports }, tls, tell)) await broker.listen(listener);
    } catch (error) {
      await broker.close();
      throw error;
    }
    return {
      broker,
      notes: [],
      reload: () => this.#reload(() => reload(broker)),
      save: async () => {
        await store?.save();
        return store !== undefined;
      },
      handOver: () => {},
      close: () => broker.close(),
    };
  }

  /** Variables are those that the process was started with: only certificates are new. */
  #reload(work: () => void): Reload {
    const failed: string[] = [];
    try {
      work();
    } catch (error) {
      if (!(error instanceof BrokerError)) throw error;
      failed.push(error.message);
    }
    return { needsRestart: [], failed, warnings: [], log: this.log };
  }
}

function reload({ listeners }: Broker, material?: TlsMaterial): void {
  for (const listener of listeners) if (listener.protocol === 'mqtts') listener.reload(material);
}

function read({ generation = '1' }: DojotFlags): ReadVariables {
  try {
    return readVariables(process.env, Number(generation) as Generation);
  } catch (error) {
    if (error instanceof VariableError) throw new UsageError(error.message);
    throw error;
  }
}

/** The names are those of dojot's sidecar. */
function filesIn(folder: string): TlsSettings {
  const file = (name: string) => ({ file: join(folder, name) });
  const crl = file('crl.pem');
  return {
    cert: file('cert.pem'),
    key: file('key.pem'),
    ca: file('ca.pem'),
    ...(existsSync(crl.file) && { crl }),
    watchFiles: true,
  };
}
