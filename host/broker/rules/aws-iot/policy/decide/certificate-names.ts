import { type GeneralName, nameAttributes, readCertificate } from '../../../../../core/index.js';
import { NAME_ATTRIBUTES } from './context-key.js';

/** Values of a certificate by key in lower case without index, such as `iot:certificate.subject.commonname`; in their order. */
export type CertificateNames = ReadonlyMap<string, readonly string[]>;

const ALTERNATIVES: Readonly<Record<GeneralName['type'], string>> = {
  email: 'RFC822Name',
  dns: 'DNSName',
  uri: 'UniformResourceIdentifier',
  ip: 'IPAddress',
};

/** Values of one name that exist (developer guide, cert-policy-variables). */
const MOST = 5;

/**
 * What policies can say of a certificate. Alternative names of the issuer and directory names are left out: the core does not read them.
 *
 * @param der the certificate; of what is not one there are no names
 */
export function certificateNames(der: Uint8Array): CertificateNames {
  const names = new Map<string, string[]>();
  const add = (name: string, value: string) => {
    const values = names.get(name.toLowerCase()) ?? [];
    if (values.length < MOST) names.set(name.toLowerCase(), [...values, value]);
    if (values.length === 0) available.push(name);
  };
  const available: string[] = [];
  try {
    const certificate = readCertificate(der);
    for (const [whose, raw] of [
      ['Subject', certificate.subjectRaw],
      ['Issuer', certificate.issuerRaw],
    ] as const) {
      for (const { type, text } of nameAttributes(raw)) {
        const attribute = NAME_ATTRIBUTES[type];
        if (attribute && text !== undefined) add(`iot:Certificate.${whose}.${attribute}`, escaped(text));
      }
    }
    for (const { type, value } of certificate.subjectAltName) {
      add(`iot:Certificate.Subject.AlternativeName.${ALTERNATIVES[type]}`, value);
    }
    add('iot:Certificate.SerialNumber', certificate.serialNumber);
  } catch {
    return new Map();
  }
  return names.set('iot:certificate.availablekeys', available);
}

/** Special characters of names stand escaped in the value. */
function escaped(text: string): string {
  return text.replace(/[,"\\+=<>;]/g, '\\$&');
}
