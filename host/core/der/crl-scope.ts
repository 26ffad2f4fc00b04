import { elementsOf, firstUriOfName } from './names.js';

/** The names of ReasonFlags (RFC 5280 4.2.1.13), bit 0 first. */
const REASONS = [
  'unused',
  'keyCompromise',
  'cACompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
  'certificateHold',
  'privilegeWithdrawn',
  'aACompromise',
] as const;

export type RevocationReason = (typeof REASONS)[number];

/** What a CRL is about, from the extension issuingDistributionPoint (RFC 5280 5.2.5). It says nothing about anything else. */
export interface IssuingDistributionPoint {
  /** The first URI of the distribution point whose certificates the list covers. */
  distributionPoint: string | undefined;
  onlyContainsUserCerts: boolean;
  onlyContainsCACerts: boolean;
  onlyContainsAttributeCerts: boolean;
  /** The only reasons for which certificates are listed; undefined for all. */
  onlySomeReasons: RevocationReason[] | undefined;
  /** Whether entries may be of other issuers. */
  indirectCRL: boolean;
}

/** The content of the extension, which the core has checked. A BOOLEAN that is there is TRUE: FALSE is the default. */
export function readIssuingDistributionPoint(content: Buffer): IssuingDistributionPoint {
  const fields = new Map(Array.from(elementsOf(content), (element) => [element.tag, element.content]));
  const name = fields.get(0xa0);
  const reasons = fields.get(0x83);
  return {
    distributionPoint: name && firstUriOfName(name),
    onlyContainsUserCerts: fields.has(0x81),
    onlyContainsCACerts: fields.has(0x82),
    onlyContainsAttributeCerts: fields.has(0x85),
    onlySomeReasons: reasons && REASONS.filter((_, bit) => ((reasons[1 + (bit >> 3)] ?? 0) << (bit & 7)) & 0x80),
    indirectCRL: fields.has(0x84),
  };
}
