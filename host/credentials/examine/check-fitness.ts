import { type Certificate, nameOf } from './certificate-values.js';
import type { Examination, Item } from './examination.js';
import {
  curveWithoutScheme,
  isNamedAsIssuer,
  lacksDigitalSignature,
  modulusBits,
  SMALLEST_RSA,
  USUAL_RSA,
  weakDigest,
} from './tls-fitness.js';

/** Traps of certificates that can be stored and read, but that TLS or the broker does not take. */
export const FITNESS_TRAPS: readonly string[] = [
  'curve-without-scheme',
  'small-rsa-key',
  'weak-signature',
  'no-digital-signature',
  'named-as-issuer',
  'not-for-clients',
  'port-needs-alpn',
];

/** Notes why TLS cannot use the device's certificate, or a broker may refuse it. */
export function checkFitness(item: Item, chain: readonly Certificate[], examination: Examination): void {
  chain.forEach((certificate, index) => {
    const spot = chain.length > 1 ? `certificate ${index + 1}` : undefined;
    checkStrength(item, certificate, spot, examination);
  });
  checkOwn(item, chain[0], examination);
}

/** For every certificate of the chain: a weak one is enough to break it. */
function checkStrength(item: Item, certificate: Certificate, spot: string | undefined, examination: Examination): void {
  const name = nameOf(certificate.info);
  const again = examination.provision(item.key);
  const bits = modulusBits(certificate) ?? Number.POSITIVE_INFINITY;
  if (bits < USUAL_RSA) {
    examination.add(item, {
      severity: bits < SMALLEST_RSA ? 'error' : 'warning',
      trap: 'small-rsa-key',
      spot,
      what: `The key of the certificate ${name} has ${bits} bits.`,
      why:
        bits < SMALLEST_RSA
          ? "The device's TLS refuses the certificate before it connects."
          : `Brokers that ask for ${USUAL_RSA} bits refuse it, as those on Debian do.`,
      remedy: `have it issued for a key of type EC P-256 or RSA ${USUAL_RSA}, then ${again}`,
    });
  }
  const digest = weakDigest(certificate);
  if (digest) {
    examination.add(item, {
      trap: 'weak-signature',
      spot,
      what: `The certificate ${name} is signed with ${digest}.`,
      why: "The device's TLS refuses the certificate before it connects, because such signatures can be forged.",
      remedy: `have it issued again with SHA-256, then ${again}`,
    });
  }
}

function checkOwn(item: Item, own: Certificate, examination: Examination): void {
  const name = nameOf(own.info);
  const again = examination.provision(item.key);
  const curve = curveWithoutScheme(own);
  if (curve) {
    examination.add(item, {
      severity: 'warning',
      trap: 'curve-without-scheme',
      what: `The key of the certificate ${name} is on the curve ${curve}.`,
      why: 'TLS 1.3 has no signature scheme for it, so the broker gets no certificate (RFC 8446 4.2.3).',
      remedy: `have it issued for a key of type EC P-256, then ${again}`,
    });
  }
  // That of a CA is reported as such, with the same remedy.
  if (lacksDigitalSignature(own) && !own.x509.ca) {
    examination.add(item, {
      severity: 'warning',
      trap: 'no-digital-signature',
      what: `The keyUsage of the certificate ${name} does not have digitalSignature, but ${own.info.keyUsage?.join(', ')}.`,
      why: 'The device signs the handshake with the key, so brokers refuse the certificate (RFC 8446 4.4.2.2).',
      remedy: `have it issued with keyUsage=digitalSignature, then ${again}`,
    });
  }
  if (isNamedAsIssuer(own)) {
    examination.add(item, {
      severity: 'warning',
      trap: 'named-as-issuer',
      what: `The certificate ${name} has the same subject as the CA that issued it.`,
      why: 'A broker may take it for one that signed itself, and refuses it.',
      remedy: `have it issued with a subject of its own, for example another CN, then ${again}`,
    });
  }
}
