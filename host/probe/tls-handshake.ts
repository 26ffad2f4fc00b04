import { X509Certificate } from 'node:crypto';
import { isIP, type Socket } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { tlsContexts, watchShown } from '../microvisor/transport/index.js';
import type { ProbeRequest } from './probe-request.js';
import type { ServerCertificate } from './step-result.js';

export interface Handshake {
  socket: TLSSocket;
  /** Resolves when the connection is gone, with its error if there was one at any time. */
  closed: Promise<Error | undefined>;
  /** The certificates that the server showed, its own first, DER. */
  shown: readonly Uint8Array[];
}

/** The handshake failed, or the server is not trusted: then there are its certificates. */
export class HandshakeFailed extends Error {
  override name = 'HandshakeFailed';
  override readonly cause: Error;
  readonly shown: readonly Uint8Array[];

  constructor(cause: Error, shown: readonly Uint8Array[]) {
    super(cause.message);
    this.cause = cause;
    this.shown = shown;
  }
}

/**
 * The TLS handshake with the client's credentials, TLS 1.2 or newer, as the managed client does it.
 *
 * @throws BadCredentials, HandshakeFailed, the signal's reason
 */
export function handshake(request: ProbeRequest, tcp: Socket, signal: AbortSignal): Promise<Handshake> {
  const { host, ca, clientChain, clientKey } = request;
  const listOf = (der: Uint8Array) => (der.length > 0 ? [der] : []);
  const secureContext = tlsContexts.of({ ca: listOf(ca), clientChain: listOf(clientChain), clientKey });
  return new Promise((accept, reject) => {
    const socket = connect({
      secureContext,
      socket: tcp,
      // SNI is for names only (RFC 6066 section 3).
      ...(isIP(host) ? { host } : { servername: host }),
      rejectUnauthorized: true,
    });
    const shown = watchShown(socket);
    let failure: Error | undefined;
    const closed = new Promise<Error | undefined>((gone) => socket.once('close', () => gone(failure)));
    // Kept for the next step too: with TLS 1.3 an alert about the client's certificate comes after the handshake.
    socket.on('error', (error) => {
      failure ??= error;
    });
    const early = new Error('the connection was closed during the TLS handshake');
    void closed.then((error) => reject(new HandshakeFailed(error ?? early, shown())));
    signal.addEventListener('abort', () => socket.destroy(signal.reason as Error), { once: true });
    socket.once('secureConnect', () => accept({ socket, closed, shown: shown() }));
  });
}

/** What people are shown of certificates. */
export function certificatesFrom(shown: readonly Uint8Array[]): ServerCertificate[] {
  return shown.map((der) => {
    const certificate = new X509Certificate(der);
    return {
      subject: inOneLine(certificate.subject),
      issuer: inOneLine(certificate.issuer),
      names: certificate.subjectAltName ?? '',
      notBefore: new Date(certificate.validFrom),
      notAfter: new Date(certificate.validTo),
    };
  });
}

/** Node writes each attribute of a name on its own line. */
function inOneLine(name: string | undefined): string {
  return (name ?? '').replaceAll('\n', ', ');
}
