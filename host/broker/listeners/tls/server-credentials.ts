import { constants } from 'node:crypto';
import type { Server, TLSSocket, TlsOptions } from 'node:tls';
import { type CertificateInfo, ReasonCode, readCertificate } from '../../../core/index.js';
import { watchFiles } from '../../../node/files/file-watch.js';
import { reasonOf } from '../../../node/reason.js';
import { LONGEST_TIMER } from '../../../node/timers.js';
import type { Entrance } from '../entrance.js';
import { BrokerError } from '../listener.js';
import { clientCertificate } from './client-certificate.js';
import { CrlAlarm } from './crl-alarm.js';
import { filesOf, type LoadedMaterial, loadMaterial } from './load-material.js';
import { chainOf, removedAuthority } from './revocation-lists.js';
import type { TlsMaterial, TlsSettings } from './tls-settings.js';

/** The certificates, keys, CAs and CRLs of one listener, and their change while it runs. */
export class ServerCredentials {
  #settings: TlsSettings;
  #loaded: LoadedMaterial;
  #server: Server | undefined;
  #entrance: Entrance | undefined;
  #name = '';
  #alarm: CrlAlarm | undefined;
  #unwatch: (() => void) | undefined;

  /** @throws BrokerError `options` or `tls` */
  constructor(settings: TlsSettings) {
    check(settings);
    this.#settings = settings;
    this.#loaded = loadMaterial(settings);
  }

  /** What the TLS server is made with. */
  get options(): TlsOptions {
    const { requireCertificate = false, alpn } = this.#settings;
    const { requestCertificate = requireCertificate || this.decides } = this.#settings;
    return {
      ...this.#loaded.options,
      // Each renegotiation of TLS 1.2 is another handshake, and no deadline would end them.
      secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
      requestCert: requestCertificate,
      rejectUnauthorized: requireCertificate && !this.decides,
      // The listener has a deadline of its own, on its own clock. Node's would only report.
      handshakeTimeout: LONGEST_TIMER,
      ...(alpn && { ALPNProtocols: [...alpn] }),
    };
  }

  /** Whether not OpenSSL but `acceptCertificate` decides on clients. */
  get decides(): boolean {
    return this.#settings.acceptCertificate !== undefined;
  }

  /** Why `acceptCertificate` does not let a client in whose handshake is done; undefined when it does, or is not there. */
  objectionTo(socket: TLSSocket): string | undefined {
    try {
      return this.#settings.acceptCertificate?.(clientCertificate(socket, true));
    } catch (error) {
      return `client certificate not accepted: ${reasonOf(error)}`;
    }
  }

  /** Later material goes to this server. */
  serve(server: Server): void {
    this.#server = server;
  }

  /** The listener is open: announces CRLs, and watches files if it shall. */
  start(entrance: Entrance, name: string): void {
    const { clockwork, wallClock } = entrance.lobby;
    const { crlWarning } = this.#settings;
    this.#entrance = entrance;
    this.#name = name;
    this.#alarm = new CrlAlarm(clockwork, wallClock, crlWarning, (message) => this.#warn(message));
    this.#announce();
    this.#watch();
  }

  stop(): void {
    this.#unwatch?.();
    this.#alarm?.stop();
  }

  /** Builds first and swaps after: what cannot be used leaves everything as it was. @throws BrokerError `tls` */
  reload(material: Partial<TlsMaterial>): void {
    const given = Object.entries(material).filter(([, value]) => value !== undefined);
    const settings: TlsSettings = { ...this.#settings, ...Object.fromEntries(given) };
    let loaded: LoadedMaterial;
    try {
      loaded = loadMaterial(settings);
      const { ticketKeys, ...options } = loaded.options;
      // A context replaces the former one whole: what it leaves out is gone.
      this.#server?.setSecureContext({ ...options, secureOptions: constants.SSL_OP_NO_RENEGOTIATION });
      this.#server?.setTicketKeys(ticketKeys);
    } catch (error) {
      this.#warn(`the former certificates stay: ${reasonOf(error)}`);
      throw error;
    }
    const former = this.#loaded.authorities;
    this.#settings = settings;
    this.#loaded = loaded;
    this.#watch();
    this.#announce();
    this.#endUnwanted(former);
  }

  /** Why a handshake failed that ended with a client certificate that OpenSSL does not accept. */
  refusalOf(socket: TLSSocket): string | undefined {
    const code = socket.authorizationError as unknown as string | undefined;
    return code ? `client certificate not accepted: ${code}${this.#explain(code)}` : undefined;
  }

  #explain(code: string): string {
    const { revocation, authorities } = this.#loaded;
    const now = this.#entrance?.lobby.wallClock() ?? 0;
    const names = (issuers: string[]) => issuers.join(', ') || 'one of its CAs';
    switch (code) {
      case 'CRL_HAS_EXPIRED': {
        const ended = revocation.lives.filter(({ ends }) => ends <= now);
        return `; the CRL of ${names(ended.map(({ issuer }) => issuer))} is out of date: load a newer one`;
      }
      case 'CRL_NOT_YET_VALID': {
        const later = revocation.lives.filter(({ begins }) => begins > now);
        return `; the CRL of ${names(later.map(({ issuer }) => issuer))} is not valid yet: check the clock`;
      }
      case 'UNABLE_TO_GET_CRL':
        return `; there is no CRL of ${names(revocation.missing(authorities))}: give one for each CA of the chain`;
      default:
        return '';
    }
  }

  /** Watches the files that are in force, and no others. */
  #watch(): void {
    const { clockwork } = this.#entrance?.lobby ?? {};
    this.#unwatch?.();
    if (!this.#settings.watchFiles || !clockwork) return;
    const failed = (error: unknown) => this.#warn(`certificate files are not watched: ${reasonOf(error)}`);
    this.#unwatch = watchFiles(filesOf(this.#settings), clockwork, () => this.#reloadFiles(), failed);
  }

  #reloadFiles(): void {
    try {
      this.reload({});
    } catch {
      // Reported: the former certificates stay.
    }
  }

  #announce(): void {
    const { revocation, authorities } = this.#loaded;
    for (const issuer of revocation.missing(authorities)) {
      this.#warn(`there is no CRL of ${issuer}: client certificates of this CA are refused; give one for each CA`);
    }
    this.#alarm?.watch(revocation);
  }

  /** Open connections know nothing of a new CRL, nor of a CA that is not accepted any more. */
  #endUnwanted(former: readonly CertificateInfo[]): void {
    const { revocation, authorities } = this.#loaded;
    for (const connection of [...(this.#entrance?.connections ?? [])]) {
      if (!connection.certificate) continue;
      const certificate = readCertificate(connection.certificate.der);
      const reason =
        revocation.revocationOf(chainOf(certificate, authorities)) ??
        removedAuthority(chainOf(certificate, former), authorities);
      if (reason) connection.end(ReasonCode.notAuthorized, reason);
    }
  }

  #warn(message: string): void {
    this.#entrance?.lobby.engine.warn(message, this.#name);
  }
}

function check(settings: TlsSettings): void {
  const { requestCertificate, requireCertificate, minimumVersion, maximumVersion, crlWarning = 0 } = settings;
  if (requireCertificate && requestCertificate === false) {
    throw new BrokerError('options', 'requireCertificate needs requestCertificate: leave that out, or set both');
  }
  for (const option of ['requireCertificate', 'requestCertificate', 'crl'] as const) {
    if (!settings[option] || settings.ca !== undefined || settings.acceptCertificate) continue;
    throw new BrokerError('options', `${option} needs ca: the CA that client certificates are checked against`);
  }
  if (minimumVersion === 'TLSv1.3' && maximumVersion === 'TLSv1.2') {
    throw new BrokerError('options', 'minimumVersion is TLSv1.3 and maximumVersion TLSv1.2: leave one of them out');
  }
  for (const [option, version] of Object.entries({ minimumVersion, maximumVersion })) {
    if (version === undefined || version === 'TLSv1.2' || version === 'TLSv1.3') continue;
    throw new BrokerError('options', `${option} is ${JSON.stringify(version)}; use TLSv1.2 or TLSv1.3`);
  }
  if (!(crlWarning >= 0)) throw new BrokerError('options', `crlWarning is ${crlWarning}; use milliseconds from 0`);
}
