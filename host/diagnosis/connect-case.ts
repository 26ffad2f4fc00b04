import { X509Certificate } from 'node:crypto';
import { readCertificate, splitDer } from '../core/index.js';
import type { TlsCertificate } from '../credentials/index.js';
import type { ConnectEvidence, KernelEvent } from '../microvisor/kernel/kernel-event.js';

/** A connection that failed, as the managed client and the probe report it. */
export type ConnectFailure = Omit<Extract<KernelEvent, { event: 'connectFailed' }>, 'event'>;

/** A failed connection with its certificates read. */
export class ConnectCase {
  readonly failure: ConnectFailure;
  readonly evidence: ConnectEvidence;
  readonly now: Date;
  /** What the broker showed, its own certificate first. */
  readonly shown: readonly TlsCertificate[];
  readonly roots: readonly TlsCertificate[];
  /** The device's own certificate first. */
  readonly own: readonly TlsCertificate[];

  constructor(failure: ConnectFailure, now: Date) {
    this.failure = failure;
    this.evidence = failure.evidence;
    this.now = now;
    this.shown = readAll(failure.evidence.shown);
    this.roots = readAll(failure.evidence.roots);
    this.own = readAll(failure.evidence.clientChain);
  }

  get code(): string {
    return this.evidence.code ?? '';
  }

  /** Whether CONNECT was sent, and the broker did not refuse it in a CONNACK. */
  get isUnanswered(): boolean {
    return this.evidence.secure && this.failure.requestState !== 'REQUESTCOMPLETED';
  }

  /** The first bytes that came after the handshake, in hex. */
  get answer(): string {
    return Buffer.from(this.evidence.answer).toString('hex');
  }

  /** Where the broker's chain is trusted to end, in words. */
  get trust(): string {
    return this.roots.length > 0 ? `root-CA (${this.roots.map(subjectOf).join(', ')})` : 'the Mozilla roots';
  }
}

/** The subject of a certificate in one line, quoted. */
export function subjectOf({ x509 }: TlsCertificate): string {
  return nameInOneLine(x509.subject);
}

export function issuerOf({ x509 }: TlsCertificate): string {
  return nameInOneLine(x509.issuer);
}

const LONGEST_NAME = 60;

function nameInOneLine(name: string | undefined): string {
  const line = (name ?? '').replaceAll('\n', ', ');
  return JSON.stringify(line.length > LONGEST_NAME ? `${line.slice(0, LONGEST_NAME - 1)}…` : line);
}

/** Those that cannot be read are left out: here they explain nothing. */
function readAll(values: readonly Uint8Array[]): TlsCertificate[] {
  return values.flatMap((der) => split(der)).flatMap(read);
}

function split(der: Uint8Array): Uint8Array[] {
  try {
    return splitDer(der);
  } catch {
    return [der];
  }
}

function read(der: Uint8Array): TlsCertificate[] {
  try {
    const x509 = new X509Certificate(der);
    try {
      return [{ x509, info: readCertificate(der) }];
    } catch {
      // OpenSSL takes what breaks a rule of DER.
      return [{ x509 }];
    }
  } catch {
    return [];
  }
}
