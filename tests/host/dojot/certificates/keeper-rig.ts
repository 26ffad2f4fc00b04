import { expect, vi } from 'vitest';
import { Clockwork } from '../../../../host/broker/index.js';
import { CertificateKeeper, type KeeperOptions } from '../../../../host/dojot/certificates/certificate-keeper.js';
import type { CertificateSet } from '../../../../host/dojot/certificates/certificate-set.js';
import type { KeeperEvent } from '../../../../host/dojot/certificates/keeper-event.js';
import { PATIENCE } from '../../../patience.js';
import { OpensslPki } from './openssl-pki.js';

export const HOUR = 3_600_000;

/** Waits for what takes real time: keys, openssl. */
export const eventually = (check: () => void) => vi.waitFor(check, { timeout: PATIENCE, interval: 5 });

/** A keeper in virtual time, whose wall clock begins now. */
export class KeeperRig {
  readonly pki = new OpensslPki();
  readonly events: KeeperEvent[] = [];
  readonly sets: CertificateSet[] = [];
  applyFails = false;
  #now = 0;
  readonly #begin = Date.now();
  readonly #clockwork = new Clockwork(() => this.#now, false);
  readonly keeper: CertificateKeeper;

  constructor(options: Partial<KeeperOptions> = {}) {
    this.keeper = new CertificateKeeper({
      pki: this.pki,
      name: 'broker',
      hosts: ['localhost', '', '127.0.0.1'],
      schedules: {},
      margin: 12 * HOUR,
      timers: this.#clockwork,
      wallClock: () => this.wall,
      random: () => 1,
      report: (event) => this.events.push(event),
      ...options,
    });
  }

  get wall(): number {
    return this.#begin + this.#now;
  }

  get types(): string[] {
    return this.events.map(({ type }) => type);
  }

  start(): void {
    this.keeper.start((set) => {
      if (this.applyFails) throw new Error('the listener does not take it');
      this.sets.push(set);
    });
  }

  /** Lets time pass, and waits until as many events have come. */
  async pass(milliseconds: number, events: number): Promise<void> {
    const until = this.#now + milliseconds;
    for (let due = this.nextDeadline; due !== undefined && due <= until; due = this.nextDeadline) {
      this.#now = due;
      this.#clockwork.tick(due);
      // What became due asks the PKI before more time passes.
      await new Promise(setImmediate);
    }
    this.#now = until;
    await this.until(events);
  }

  async until(events: number): Promise<void> {
    await eventually(() => expect(this.events.length).toBeGreaterThanOrEqual(events));
  }

  /** Milliseconds until something is due. */
  get wait(): number | undefined {
    const next = this.nextDeadline;
    return next === undefined ? undefined : next - this.#now;
  }

  get nextDeadline(): number | undefined {
    return this.#clockwork.nextDeadline(this.#now);
  }
}
