import type { CertificateInfo, CertificateListInfo } from '../../../core/index.js';

/** When the lists of a CA hold: before and after, OpenSSL refuses every certificate of it. */
export interface ListLife {
  /** The common name of the CA, in quotes. */
  issuer: string;
  /** The thisUpdate of the first, in milliseconds since 1970. */
  begins: number;
  /** The nextUpdate of the last, in milliseconds since 1970; infinite when that does not say. */
  ends: number;
}

/** The revocation lists of one listener. */
export class RevocationLists {
  readonly #byIssuer = new Map<string, CertificateListInfo[]>();

  constructor(lists: readonly CertificateListInfo[]) {
    for (const list of lists) {
      const key = keyOf(list.issuerRaw);
      this.#byIssuer.set(key, [...(this.#byIssuer.get(key) ?? []), list]);
    }
  }

  get isEmpty(): boolean {
    return this.#byIssuer.size === 0;
  }

  /** When the lists of each CA hold. */
  get lives(): ListLife[] {
    return [...this.#byIssuer.values()].map((lists) => ({
      issuer: nameOf(lists[0].issuerCN),
      begins: Math.min(...lists.map(({ thisUpdate }) => thisUpdate.getTime())),
      ends: Math.max(...lists.map(({ nextUpdate }) => nextUpdate?.getTime() ?? Number.POSITIVE_INFINITY)),
    }));
  }

  /** The CAs of these that have no list. OpenSSL wants one for each CA of a chain, once there is any. */
  missing(authorities: readonly CertificateInfo[]): string[] {
    if (this.isEmpty) return [];
    const without = authorities.filter(({ subjectRaw }) => !this.#byIssuer.has(keyOf(subjectRaw)));
    return without.map(({ subjectCN }) => nameOf(subjectCN));
  }

  /**
   * Why a certificate is not good any more: its own revocation, or that of a CA above it.
   *
   * @param chain the certificate, and those above it as far as they are known
   * @returns undefined for one that no list names
   */
  revocationOf(chain: readonly CertificateInfo[]): string | undefined {
    for (const [place, certificate] of chain.entries()) {
      for (const list of this.#byIssuer.get(keyOf(certificate.issuerRaw)) ?? []) {
        const entry = list.find(certificate);
        if (!entry || entry.removeFromCRL) continue;
        const whose = place === 0 ? 'the certificate' : `the CA ${nameOf(certificate.subjectCN)} above the certificate`;
        return `${whose} with serial number ${certificate.serialNumber} is revoked since ${entry.revocationDate.toISOString()}`;
      }
    }
    return undefined;
  }
}

/** The certificate and the CAs above it, as far as `authorities` has them. */
export function chainOf(certificate: CertificateInfo, authorities: readonly CertificateInfo[]): CertificateInfo[] {
  const chain = [certificate];
  for (let next: CertificateInfo | undefined = certificate; next; ) {
    const { issuerRaw }: CertificateInfo = next;
    next = authorities.find((authority) => authority.subjectRaw.equals(issuerRaw) && !chain.includes(authority));
    if (next) chain.push(next);
  }
  return chain;
}

/**
 * Why a chain does not lead to an accepted CA any more. A CA whose certificate was renewed for the same key is the same.
 *
 * @param chain a certificate and the CAs above it that were accepted
 */
export function removedAuthority(
  [certificate, ...above]: readonly CertificateInfo[],
  authorities: readonly CertificateInfo[],
): string | undefined {
  const isKept = ({ subjectRaw, subjectPublicKeyInfo }: CertificateInfo) =>
    authorities.some((other) => {
      return other.subjectRaw.equals(subjectRaw) && other.subjectPublicKeyInfo.equals(subjectPublicKeyInfo);
    });
  if (above.length === 0 || above.some(isKept)) return undefined;
  return `the CA ${nameOf(certificate.issuerCN)} of the certificate is not accepted any more`;
}

const keyOf = (name: Buffer) => name.toString('latin1');
const nameOf = (commonName: string | undefined) => JSON.stringify(commonName ?? 'without a common name');
