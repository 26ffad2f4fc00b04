import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';

/**
 * Watches a connection for the certificates that its server shows, its own first, DER; stored issuers may follow. They are
 * there before Node judges them, because it closes the connection to a server that it does not trust.
 *
 * @returns a function that returns them; none before the handshake is done
 */
export function watchShown(socket: TLSSocket): () => readonly Uint8Array[] {
  let shown: readonly Uint8Array[] = [];
  socket.prependOnceListener('secure', () => {
    shown = shownBy(socket);
  });
  return () => shown;
}

/** Read with the older call: after getPeerX509Certificate Node itself finds no certificate to judge. */
function shownBy(socket: TLSSocket): Uint8Array[] {
  const found: Uint8Array[] = [];
  let next: Partial<DetailedPeerCertificate> | undefined = socket.getPeerCertificate(true);
  // A root names itself as its issuer.
  while (next?.raw && !found.includes(next.raw)) {
    found.push(next.raw);
    next = next.issuerCertificate;
  }
  return kept(found);
}

/** What the last server showed: most connections of a process are to one broker, and share it. */
let last: Uint8Array[] = [];

function kept(found: Uint8Array[]): Uint8Array[] {
  const isSame = found.length === last.length && found.every((der, index) => Buffer.compare(der, last[index]) === 0);
  if (!isSame) last = found;
  return last;
}
