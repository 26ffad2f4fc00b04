import type { ScheduledCheck } from '../certificates/certificate-keeper.js';
import type { Generation } from '../generation.js';

/** What the environment variables of dojot's broker mean. */
export interface BrokerSettings {
  readonly generation: Generation;
  readonly services: { readonly k2v: ReadonlySet<string>; readonly v2k: ReadonlySet<string> };
  /** Milliseconds that a device stays connected. */
  readonly lifetime: number;
  readonly certificate: CertificateSettings;
  /** Who knows the owners of certificates, in generation 3. */
  readonly owners?: { readonly url: URL; readonly timeout: number };
}

/** Where the broker's own certificate comes from, and when it is looked at. */
export interface CertificateSettings {
  /** `http://host:port` */
  readonly pki: string;
  /** The variable that it is from, for messages. */
  readonly pkiVariable: string;
  /** Milliseconds for one call. */
  readonly timeout: number;
  readonly ca: string;
  readonly name: string;
  readonly hosts: readonly string[];
  /** Milliseconds. */
  readonly margin: number;
  readonly schedules: Partial<Record<ScheduledCheck, string>>;
}
