import type { ClientCertificate } from '../../engine/rules.js';

/** PEM, as text or bytes, or the file that it is in. */
export type PemSource = string | Uint8Array | { readonly file: string };

/** What a TLS listener shows and checks. */
export interface TlsMaterial {
  /** The server's certificate, PEM; those of its intermediate CAs may follow it. */
  cert: PemSource;
  /** Its private key, PEM, not encrypted. */
  key: PemSource;
  /**
   * CA certificates, PEM. Client certificates are checked against them, and they complete the chain that is sent with `cert`,
   * where that is the server's certificate alone. They do not make clients send one: see `requestCertificate`.
   */
  ca?: PemSource | readonly PemSource[];
  /**
   * Revocation lists of client certificates, PEM or DER. Once there is one, each CA of a client's chain needs its own, the root
   * too: OpenSSL refuses every client whose chain has a CA without a list, or with one that has expired.
   */
  crl?: PemSource | readonly PemSource[];
}

export interface TlsSettings extends TlsMaterial {
  /**
   * Ask clients for a certificate. One that is not accepted counts as none. Default: `requireCertificate`. Needs `ca`.
   */
  requestCertificate?: boolean;
  /** Refuse clients without an accepted certificate in the handshake. Default false. Needs `ca`. */
  requireCertificate?: boolean;
  /**
   * Decides on clients in place of OpenSSL, such as by a list of fingerprints; then `ca` is not needed. Asked once the handshake has
   * shown that the client has the key of its certificate, which may have expired and may be of any issuer.
   *
   * @param certificate undefined when the client showed none
   * @returns why the connection is closed before its CONNECT; undefined to let it in
   */
  acceptCertificate?: (certificate: ClientCertificate | undefined) => string | undefined;
  /** Default TLSv1.2. */
  minimumVersion?: 'TLSv1.2' | 'TLSv1.3';
  /** Default TLSv1.3. */
  maximumVersion?: 'TLSv1.2' | 'TLSv1.3';
  /**
   * Cipher suites of TLS 1.2, as OpenSSL writes them (ciphers(1)); with some of TLS 1.3 among them, the list for both. Default: those
   * of Node.
   */
  ciphers?: string;
  /** Cipher suites of TLS 1.3, with colons between them. Default: those of Node, unless `ciphers` has some. */
  cipherSuites?: string;
  /** Parameters for DHE suites of TLS 1.2, PEM, or `auto` for those that fit the key. Default: no DHE suites. */
  dhParameters?: PemSource | 'auto';
  /**
   * Application protocols (RFC 7301), for example `['mqtt']`. A client that offers others only is refused; one that offers none
   * comes in. Default: the extension is ignored.
   */
  alpn?: readonly string[];
  /** Load files again when they change. Default false: on `reload`. */
  watchFiles?: boolean;
  /**
   * Milliseconds before the nextUpdate of a CRL at which the event `warning` announces it. Default: 24 hours, or a quarter of the
   * list's life if that is shorter.
   */
  crlWarning?: number;
}
