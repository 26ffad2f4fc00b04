/** A key of the request context: what a policy variable or a Condition names. */
export interface ContextKey {
  /** As written. */
  readonly text: string;
  /** In lower case, without index; the name of an attribute keeps its case. Undefined for a key that does not exist. */
  readonly id: string | undefined;
  readonly family: 'basic' | 'thing' | 'certificate' | 'connect' | 'cognito' | 'other';
  /** Which of several values: 0 the first; `list` is all of them, for Conditions. */
  readonly index: number | 'list';
}

const BASIC = ['iot:ClientId', 'aws:SourceIp', 'iot:DomainName', 'iot:CertificateId'];
const THING = ['ThingName', 'ThingTypeName', 'IsAttached'].map((name) => `iot:Connection.Thing.${name}`);
const CONNECT = ['iot:ConnectAttributes', 'iot:LastWillTopic'];
const COGNITO = ['sub', 'aud', 'amr'].map((name) => `cognito-identity.amazonaws.com:${name}`);

/** Attributes of Names that are variables, by their object identifiers (developer guide, cert-policy-variables). */
export const NAME_ATTRIBUTES: Readonly<Record<string, string>> = {
  '2.5.4.46': 'DistinguishedNameQualifier',
  '2.5.4.6': 'Country',
  '2.5.4.10': 'Organization',
  '2.5.4.11': 'OrganizationalUnit',
  '2.5.4.8': 'State',
  '2.5.4.3': 'CommonName',
  '2.5.4.5': 'SerialNumber',
  '2.5.4.12': 'Title',
  '2.5.4.4': 'Surname',
  '2.5.4.42': 'GivenName',
  '2.5.4.43': 'Initials',
  '2.5.4.65': 'Pseudonym',
  '2.5.4.44': 'GenerationQualifier',
};
const ALTERNATIVES = ['RFC822Name', 'DNSName', 'DirectoryName', 'UniformResourceIdentifier', 'IPAddress'];
const CERTIFICATE = [
  ...['Subject', 'Issuer'].flatMap((whose) => [
    ...Object.values(NAME_ATTRIBUTES).map((name) => `iot:Certificate.${whose}.${name}`),
    ...ALTERNATIVES.map((name) => `iot:Certificate.${whose}.AlternativeName.${name}`),
  ]),
  'iot:Certificate.SerialNumber',
  'iot:Certificate.AvailableKeys',
];

/** Every key of device policies, as AWS writes it; of attributes of things their common form. */
export const CONTEXT_KEYS: readonly string[] = [
  ...BASIC,
  ...THING,
  'iot:Connection.Thing.Attributes[NAME]',
  ...CERTIFICATE,
  ...CONNECT,
  ...COGNITO,
];

const FAMILIES: ReadonlyMap<string, ContextKey['family']> = new Map(
  (
    [
      ['basic', BASIC],
      ['thing', THING],
      ['certificate', CERTIFICATE],
      ['connect', CONNECT],
      ['cognito', COGNITO],
    ] as const
  ).flatMap(([family, names]) => names.map((name) => [name.toLowerCase(), family] as const)),
);

/** The highest index: only the first five values exist. */
export const LAST_INDEX = 4;

/** Key names are case-insensitive, names of attributes are not. `.1` is the second value (developer guide, cert-policy-variables). */
export function readContextKey(text: string): ContextKey {
  const attribute = /^iot:connection\.thing\.attributes\[([^\]]+)\]$/i.exec(text);
  if (attribute) {
    return { text, id: `iot:connection.thing.attributes[${attribute[1]}]`, family: 'thing', index: 0 };
  }
  const lower = text.toLowerCase();
  const plain = FAMILIES.get(lower);
  if (plain)
    return {
      text,
      id: lower,
      family: plain,
      index: plain === 'connect' || lower.endsWith('.availablekeys') ? 'list' : 0,
    };
  const [, base, index] = /^(iot:certificate\..*)\.([1-9]\d*|list)$/.exec(lower) ?? [];
  if (base !== undefined && FAMILIES.get(base) === 'certificate') {
    return { text, id: base, family: 'certificate', index: index === 'list' ? 'list' : Number(index) };
  }
  return { text, id: undefined, family: 'other', index: 0 };
}
