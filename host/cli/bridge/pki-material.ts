import { Clockwork } from '../../broker/index.js';
import type { BridgeKind, BridgeSettings } from '../../dojot/bridge/index.js';
import { serviceKeeper } from '../../dojot/broker/index.js';
import type { Generation } from '../../dojot/generation.js';
import { keeperNote } from '../dojot/keeper-note.js';
import { KeptMaterial, type KeptPems } from '../dojot/kept-material.js';
import type { BridgeReporter } from './bridge-reporter.js';

/** The CA of generation 1. */
const CA = 'IOTmidCA';
/** Milliseconds for one call. */
const TIMEOUT = 10_000;
/** Milliseconds before its end at which a certificate is renewed: dojot's CHECKEND_EXPIRATION_SEC. */
const MARGIN = 43_200_000;
/** When its end is looked at: dojot's CHECK_EXPIRATION_TIME. Its connections show the new one when they are made again. */
const SCHEDULES = { expiration: '0 1 * * *' };

/** Key, certificate and CA of a bridge from dojot's PKI, renewed before they end. */
export class PkiMaterial {
  readonly #clockwork = new Clockwork(() => performance.now(), true);
  readonly #keeper;
  #pems: KeptPems | undefined;

  constructor(
    kind: BridgeKind,
    generation: Generation,
    { address, variable, name }: NonNullable<BridgeSettings['mqtt']['pki']>,
    reporter: BridgeReporter,
  ) {
    const service = { generation, address, timeout: TIMEOUT, ca: CA, application: `${kind}-bridge` } as const;
    this.#keeper = serviceKeeper(service, {
      name,
      hosts: [name],
      margin: MARGIN,
      schedules: SCHEDULES,
      timers: this.#clockwork,
      wallClock: Date.now,
      report: ({ type, ...fields }) =>
        reporter.say(
          `pki ${type}`,
          keeperNote({ type, ...fields } as Parameters<typeof keeperNote>[0], variable).text,
          fields,
        ),
    });
  }

  /** Resolves when there is a certificate. @throws UserError when it is stopped before */
  async start(stop: AbortSignal, address: string): Promise<void> {
    this.#clockwork.hold();
    const kept = new KeptMaterial(this.#keeper);
    try {
      this.#pems = await kept.first(stop, address);
    } catch (error) {
      this.stop();
      throw error;
    }
    kept.follow((pems) => {
      this.#pems = pems;
    });
  }

  /** The newest. */
  get pems(): KeptPems {
    return this.#pems!;
  }

  stop(): void {
    this.#keeper.stop();
    this.#clockwork.stop();
  }
}
