import type { X509Certificate } from 'node:crypto';
import { isIP, type Socket } from 'node:net';
import { checkServerIdentity, connect, type TLSSocket } from 'node:tls';
import { tlsContexts } from '../microvisor/transport/index.js';
import type { ProbeRequest } from './probe-request.js';
import type { ServerCertificate } from './step-result.js';

export interface Handshake {
  socket: TLSSocket;
  /** Resolves when the connection is gone, with its error if there was one at any time. */
  closed: Promise<Error | undefined>;
  certificates: ServerCertificate[];
  /** Why the server is not trusted; undefined when it is. */
  distrust?: Error;
}

/**
 * The TLS handshake with the client's credentials, TLS 1.2 or newer, as the managed client does it. It is completed even
 * when the server is not trusted, so that its certificates can be reported.
 *
 * @throws BadCredentials, the error of node:tls, the signal's reason
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
      rejectUnauthorized: false,
    });
    let failure: Error | undefined;
    const closed = new Promise<Error | undefined>((gone) => socket.once('close', () => gone(failure)));
    // Kept for the next step too: with TLS 1.3 an alert about the client's certificate comes after the handshake.
    socket.on('error', (error) => {
      failure ??= error;
    });
    const early = new Error('the connection was closed during the TLS handshake');
    void closed.then((error) => reject(error ?? early));
    signal.addEventListener('abort', () => socket.destroy(signal.reason as Error), { once: true });
    socket.once('secureConnect', () => {
      // Read once: Node does not return it a second time.
      const own = socket.getPeerX509Certificate();
      accept({ socket, closed, certificates: certificatesFrom(own), distrust: distrustOf(socket, host, own) });
    });
  });
}

function distrustOf(socket: TLSSocket, host: string, own: X509Certificate | undefined): Error | undefined {
  if (socket.authorized) return undefined;
  // An OpenSSL code, though its type says Error.
  const code = String(socket.authorizationError);
  const mismatch = own && checkServerIdentity(host, own.toLegacyObject());
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID' && mismatch) return mismatch;
  return Object.assign(new Error(code), { code });
}

function certificatesFrom(own: X509Certificate | undefined): ServerCertificate[] {
  const found: ServerCertificate[] = [];
  for (let certificate = own; certificate; certificate = certificate.issuerCertificate) {
    found.push({
      subject: inOneLine(certificate.subject),
      issuer: inOneLine(certificate.issuer),
      names: certificate.subjectAltName ?? '',
      notBefore: new Date(certificate.validFrom),
      notAfter: new Date(certificate.validTo),
    });
  }
  return found;
}

/** Node writes each attribute of a name on its own line. */
function inOneLine(name: string | undefined): string {
  return (name ?? '').replaceAll('\n', ', ');
}
