import type { CertificateInfo, CertificateListInfo, KeyUsageName, RevokedCertificate } from 'wasmqtt';

const USAGES: Readonly<Record<string, KeyUsageName>> = {
  'Digital Signature': 'digitalSignature',
  'Non Repudiation': 'nonRepudiation',
  'Key Encipherment': 'keyEncipherment',
  'Data Encipherment': 'dataEncipherment',
  'Key Agreement': 'keyAgreement',
  'Certificate Sign': 'keyCertSign',
  'CRL Sign': 'cRLSign',
  'Encipher Only': 'encipherOnly',
  'Decipher Only': 'decipherOnly',
};

/** The numbers of CRLReason (RFC 5280 5.3.1) by openssl's names. */
const REASONS: Readonly<Record<string, number>> = {
  Unspecified: 0,
  'Key Compromise': 1,
  'CA Compromise': 2,
  'Affiliation Changed': 3,
  Superseded: 4,
  'Cessation Of Operation': 5,
  'Certificate Hold': 6,
  'Remove From CRL': 8,
  'Privilege Withdrawn': 9,
  'AA Compromise': 10,
};

/** What openssl calls the fields of issuingDistributionPoint (RFC 5280 5.2.5). */
const SCOPES = [
  ['Only User Certificates', 'onlyContainsUserCerts'],
  ['Only CA Certificates', 'onlyContainsCACerts'],
  ['Only Attribute Certificates', 'onlyContainsAttributeCerts'],
  ['Only Some Reasons', 'onlySomeReasons'],
  ['Indirect CRL', 'indirectCRL'],
] as const;

/** A number that has no name is shown as it is. */
function reasonCode(shown = 'Unspecified'): number {
  return REASONS[shown] ?? Number(shown);
}

/** The extensions in openssl's text by its names for them, each with its lines. */
function sectionsOf(text: string): Map<string, string> {
  const sections = new Map<string, string>();
  let name = '';
  for (const line of text.split('\n')) {
    const heading = /^ *X509v3 ([^:]+):/.exec(line)?.[1];
    if (heading) name = heading;
    sections.set(name, heading ? '' : [sections.get(name), line.trim()].filter(Boolean).join('\n'));
  }
  return sections;
}

/** The keyid of an extension, as digits. */
function keyIdentifier(text: string | undefined): string | undefined {
  return /^(?:keyid:)?([0-9A-F]{2}(?::[0-9A-F]{2})*)$/m.exec(text ?? '')?.[1].replaceAll(':', '');
}

const digits = (bytes: Buffer | undefined) => bytes?.toString('hex').toUpperCase();

/** The extensions of a certificate that node does not give, in the words of `openssl x509 -ext`. */
export function extensionsShown(text: string) {
  const shown = sectionsOf(text);
  const pathLength = /CA:TRUE, pathlen:(\d+)/.exec(shown.get('Basic Constraints') ?? '')?.[1];
  return {
    keyUsage: shown
      .get('Key Usage')
      ?.split(', ')
      .map((usage) => USAGES[usage]),
    pathLenConstraint: pathLength === undefined ? undefined : Number(pathLength),
    subjectKeyIdentifier: keyIdentifier(shown.get('Subject Key Identifier')),
    authorityKeyIdentifier: keyIdentifier(shown.get('Authority Key Identifier')),
    // What follows it in a distribution point is on the same line.
    crlDistributionPoint: /URI:(.*?)(?: {4}|$)/m.exec(shown.get('CRL Distribution Points') ?? '')?.[1],
  };
}

/** The same, as we read it. */
export function extensionsRead(certificate: CertificateInfo): ReturnType<typeof extensionsShown> {
  return {
    keyUsage: certificate.keyUsage,
    pathLenConstraint: certificate.pathLenConstraint,
    subjectKeyIdentifier: digits(certificate.subjectKeyIdentifier),
    authorityKeyIdentifier: digits(certificate.authorityKeyIdentifier),
    crlDistributionPoint: certificate.crlDistributionPoint,
  };
}

/**
 * The entries of a CRL in the words of `openssl crl -text`: the digits of the serial number, the entry, and the issuer unless it is
 * that of the list.
 */
export function entriesShown(text: string): [string, RevokedCertificate, string | undefined][] {
  // RFC 5280 5.3.3: an issuer holds for the entries behind it too.
  let issuer: string | undefined;
  const list = text.split('Revoked Certificates:\n')[1] ?? '';
  const entries = list.split(/^ {4}Signature Algorithm/m)[0].split(/^ {4}Serial Number: /m);
  return entries.slice(1).map((entry) => {
    issuer = /Certificate Issuer: critical\n *DirName:(.*)/.exec(entry)?.[1] ?? issuer;
    const reason = reasonCode(/CRL Reason Code: \n *(.*)/.exec(entry)?.[1]);
    return [
      /^-?[0-9A-F]+/.exec(entry)?.[0] ?? '',
      {
        revocationDate: new Date(/Revocation Date: (.*)/.exec(entry)?.[1] ?? ''),
        reasonCode: reason,
        ...(reason === REASONS['Remove From CRL'] && { removeFromCRL: true }),
      },
      issuer,
    ];
  });
}

/** The lines of an extension of the list, without spaces in front; undefined when openssl shows none. */
const extensionOf = (head: string, name: string) => sectionsOf(head).get(name);

/** The fields of a CRL in the words of `openssl crl -text`. */
export function crlShown(text: string) {
  const [head] = text.split(/^(?:Revoked Certificates:|No Revoked Certificates\.)$/m);
  const date = (label: string) => new RegExp(`${label}: (.*GMT)`).exec(head)?.[1];
  const nextUpdate = date('Next Update');
  const number = /X509v3 CRL Number: \n *(0x)?([0-9A-F]+)/.exec(head);
  const base = /X509v3 Delta CRL Indicator: critical\n *(0x)?([0-9A-F]+)/.exec(head);
  const point = extensionOf(head, 'Issuing Distribution Point');
  return {
    version: Number(/Version (\d)/.exec(head)?.[1]),
    thisUpdate: new Date(date('Last Update') ?? ''),
    nextUpdate: nextUpdate === undefined ? undefined : new Date(nextUpdate),
    crlNumber: number ? BigInt(`${number[1] ?? ''}${number[2]}`) : undefined,
    deltaCRLIndicator: base ? BigInt(`${base[1] ?? ''}${base[2]}`) : undefined,
    scope: point === undefined ? undefined : SCOPES.map(([shown]) => point.includes(shown)),
    authorityKeyIdentifier: keyIdentifier(sectionsOf(head).get('Authority Key Identifier')),
    issuerCN: /^ *Issuer:.*CN = (.*)$/m.exec(head)?.[1],
  };
}

/** The same, as we read it. */
export function crlRead(crl: CertificateListInfo): ReturnType<typeof crlShown> {
  const point = crl.issuingDistributionPoint;
  return {
    version: crl.version,
    thisUpdate: crl.thisUpdate,
    nextUpdate: crl.nextUpdate,
    crlNumber: crl.crlNumber === undefined ? undefined : BigInt(`0x${crl.crlNumber}`),
    deltaCRLIndicator: crl.deltaCRLIndicator === undefined ? undefined : BigInt(`0x${crl.deltaCRLIndicator}`),
    scope: point && SCOPES.map(([, field]) => Boolean(point[field])),
    authorityKeyIdentifier: digits(crl.authorityKeyIdentifier),
    issuerCN: crl.issuerCN,
  };
}
