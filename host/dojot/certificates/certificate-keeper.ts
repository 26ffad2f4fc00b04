import { BackOff } from '../../node/back-off.js';
import { reasonOf } from '../../node/reason.js';
import {
  type CertificateSet,
  certificateOf,
  checkChain,
  endsBefore,
  isRevoked,
  revocationListOf,
} from './certificate-set.js';
import { CronSchedule, type Timers } from './cron-schedule.js';
import type { KeeperEvent } from './keeper-event.js';
import type { ServicePki } from './service-pki.js';
import { makeSigningRequest } from './signing-request.js';

export interface KeeperOptions {
  readonly pki: ServicePki;
  /** Common name of the service. */
  readonly name: string;
  /** Names and addresses that its clients connect to. */
  readonly hosts: readonly string[];
  /** Cron expressions for each check; without one it is not made. */
  readonly schedules: Partial<Record<ScheduledCheck, string>>;
  /** Milliseconds before its end at which a certificate is renewed by the check `expiration`. */
  readonly margin: number;
  readonly timers: Timers;
  /** Milliseconds since 1970. */
  readonly wallClock: () => number;
  /** From 0 to below 1, for the waits after failures. */
  readonly random?: () => number;
  readonly report: (event: KeeperEvent) => void;
}

/** `revocationList`: get a new CRL. `expiration`: renew what ends soon. `revocation`: renew what the CA has revoked, or what is of
 * another CA than the PKI's. */
export type ScheduledCheck = 'revocationList' | 'expiration' | 'revocation';

type Job = ScheduledCheck | 'start';

/** Milliseconds between attempts: that many after the first failure, at most so many. */
const BACK_OFF = { first: 1000, most: 300_000 };

/** Milliseconds until what had nearly ended when it came is fetched again. */
const SHORTEST_WAIT = 60_000;

/**
 * Keeps the certificate of a service, its CA and CRL as new as the schedules want. Jobs run one after the other; one that fails is
 * tried again until it succeeds, and everything that was fetched before stays in force. Nothing is thrown.
 */
export class CertificateKeeper {
  readonly #options: KeeperOptions;
  readonly #schedules: CronSchedule[] = [];
  readonly #backOff: BackOff;
  readonly #pending = new Set<Job>();
  #set: CertificateSet | undefined;
  #apply: (set: CertificateSet) => void = () => {};
  #retry: { cancel(): void } | undefined;
  readonly #ends: { cancel(): void }[] = [];
  #failure: string | undefined;
  #isBusy = false;
  #isStopped = false;

  constructor(options: KeeperOptions) {
    this.#options = options;
    this.#backOff = new BackOff(BACK_OFF, options.random ?? Math.random);
  }

  /**
   * Obtains everything, and goes on by the schedules.
   *
   * @param apply called with what is in force from now on, the first set too; what it throws is reported, and the former stays
   */
  start(apply: (set: CertificateSet) => void): void {
    const { schedules, timers, wallClock } = this.#options;
    this.#apply = apply;
    for (const [check, pattern] of Object.entries(schedules) as [ScheduledCheck, string | undefined][]) {
      if (pattern === undefined) continue;
      this.#schedules.push(new CronSchedule(pattern, timers, wallClock, () => this.#ask(check)));
    }
    for (const schedule of this.#schedules) schedule.start();
    this.#ask('start');
  }

  /** Looks at everything now, as if all schedules were due; without a certificate it tries again to get one. */
  refresh(): void {
    for (const job of ['revocationList', 'expiration', 'revocation'] as const) this.#pending.add(job);
    void this.#work();
  }

  /** Later answers of the PKI are ignored. */
  stop(): void {
    this.#isStopped = true;
    this.#options.pki.close();
    this.#retry?.cancel();
    for (const end of this.#ends) end.cancel();
    for (const schedule of this.#schedules) schedule.stop();
  }

  #ask(job: Job): void {
    this.#pending.add(job);
    void this.#work();
  }

  async #work(): Promise<void> {
    if (this.#isBusy || this.#isStopped) return;
    this.#retry?.cancel();
    this.#isBusy = true;
    let failure: string | undefined;
    const failed: Job[] = [];
    for (const job of this.#pending) {
      if (this.#isStopped) return;
      this.#pending.delete(job);
      try {
        await this.#do(job);
      } catch (error) {
        // The others may succeed all the same: no CRL waits for a renewal.
        failed.push(job);
        failure ??= reasonOf(error);
      }
    }
    for (const job of failed) this.#pending.add(job);
    this.#isBusy = false;
    if (failure === undefined) this.#succeeded();
    else this.#failed(failure);
  }

  async #do(job: Job): Promise<void> {
    const set = this.#set;
    if (set === undefined) {
      if (job === 'start') await this.#renew('at the start');
      return;
    }
    switch (job) {
      case 'revocationList':
        return this.#update(set);
      case 'expiration':
        return this.#checkEnds(set);
      case 'revocation':
        return this.#checkRevocation(set);
    }
  }

  async #checkEnds(set: CertificateSet): Promise<void> {
    const end = this.#options.wallClock() + this.#options.margin;
    const { certificate, authority } = set;
    if (endsBefore(certificate, end)) return this.#renew(`the former one ends at ${iso(certificate.validTo)}`);
    if (endsBefore(authority, end)) await this.#renewAuthority(set);
  }

  /** What dojot finds by openssl: the CRL is over, the certificate is in it, or neither is of the PKI's CA any more. */
  async #checkRevocation(set: CertificateSet): Promise<void> {
    const authority = certificateOf(await this.#options.pki.authority(), 'the CA');
    if (!authority.publicKey.equals(set.authority.publicKey)) return this.#renew('the PKI has another CA');
    const { nextUpdate } = set.revocationList;
    if (nextUpdate && nextUpdate.getTime() <= this.#options.wallClock()) await this.#update(set);
    if (this.#set && isRevoked(this.#set)) await this.#renew('the former one is revoked');
  }

  /** Everything anew: key, certificate, CA and CRL. */
  async #renew(why: string): Promise<void> {
    const { pki, name, hosts } = this.#options;
    await pki.ready();
    const { keyPem, der } = await makeSigningRequest(name, hosts);
    const certificate = certificateOf(await pki.sign(name, der), 'the certificate');
    const authority = certificateOf(await pki.authority(), 'the CA');
    checkChain({ keyPem, certificate, authority });
    const revocationList = revocationListOf(await pki.revocationList(), authority, this.#set?.revocationList);
    const { serialNumber, validTo } = certificate;
    this.#adopt(
      { keyPem, certificate, authority, revocationList },
      { type: 'certificate', name, why, serialNumber, notAfter: iso(validTo) },
    );
  }

  async #renewAuthority(set: CertificateSet): Promise<void> {
    const { pki } = this.#options;
    const authority = certificateOf(await pki.authority(), 'the CA');
    checkChain({ ...set, authority });
    const revocationList = revocationListOf(await pki.revocationList(), authority, set.revocationList);
    const { subject, validTo } = authority;
    this.#adopt({ ...set, authority, revocationList }, { type: 'authority', subject, notAfter: iso(validTo) });
  }

  async #update(set: CertificateSet): Promise<void> {
    const list = revocationListOf(await this.#options.pki.revocationList(), set.authority, set.revocationList);
    const { thisUpdate, nextUpdate } = list;
    const times = { thisUpdate: thisUpdate.toISOString(), nextUpdate: nextUpdate?.toISOString() };
    this.#adopt({ ...set, revocationList: list }, { type: 'revocation list', ...times });
  }

  #adopt(set: CertificateSet, event: KeeperEvent): void {
    if (this.#isStopped) return;
    this.#apply(set);
    this.#set = set;
    this.#watchEnds(set);
    this.#options.report(event);
  }

  /**
   * A schedule may come too late: clients are refused by a CRL that has ended, and refuse a certificate that has. So the next one is
   * fetched in time.
   */
  #watchEnds({ certificate, revocationList: { thisUpdate, nextUpdate } }: CertificateSet): void {
    for (const end of this.#ends.splice(0)) end.cancel();
    const { margin } = this.#options;
    this.#watchEnd('expiration', Date.parse(certificate.validFrom), Date.parse(certificate.validTo), margin);
    if (nextUpdate)
      this.#watchEnd('revocationList', thisUpdate.getTime(), nextUpdate.getTime(), Number.POSITIVE_INFINITY);
  }

  /** @param margin milliseconds before the end; a quarter of the life is enough */
  #watchEnd(check: ScheduledCheck, begin: number, end: number, margin: number): void {
    const { schedules, timers, wallClock } = this.#options;
    if (schedules[check] === undefined) return;
    const last = end - Math.min(margin, (end - begin) / 4);
    this.#ends.push(timers.after(Math.max(last - wallClock(), SHORTEST_WAIT), () => this.#ask(check)));
  }

  #succeeded(): void {
    this.#backOff.reset();
    if (this.#failure === undefined || this.#isStopped) return;
    this.#failure = undefined;
    this.#options.report({ type: 'available' });
  }

  #failed(reason: string): void {
    if (this.#isStopped) return;
    const wait = this.#backOff.next();
    this.#retry = this.#options.timers.after(wait, () => void this.#work());
    if (reason === this.#failure) return;
    this.#failure = reason;
    this.#options.report({ type: 'unavailable', reason, retryIn: wait / 1000 });
  }
}

function iso(opensslTime: string): string {
  return new Date(opensslTime).toISOString();
}
