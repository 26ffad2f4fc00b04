/** Reasons of revocation by their names in EJBCA, with the codes of CRLReason (RFC 5280 5.3.1); -1 is EJBCA's own. */
const REASONS = {
  UNSPECIFIED: 0,
  KEYCOMPROMISE: 1,
  CACOMPROMISE: 2,
  AFFILIATIONCHANGED: 3,
  SUPERSEDED: 4,
  CESSATIONOFOPERATION: 5,
  CERTIFICATEHOLD: 6,
  REMOVEFROMCRL: 8,
  PRIVILEGESWITHDRAWN: 9,
  AACOMPROMISE: 10,
  NOTREVOKED: -1,
} as const;

export type ReasonCode = (typeof REASONS)[keyof typeof REASONS];

/** What takes a certificate from hold. */
export const REVERSALS: ReadonlySet<ReasonCode> = new Set([REASONS.REMOVEFROMCRL, REASONS.NOTREVOKED]);

/** How a certificate that is not revoked is described. */
export const { NOTREVOKED, SUPERSEDED, UNSPECIFIED } = REASONS;

/** The only reason that can be taken back. */
export function isHold(reason: ReasonCode): boolean {
  return reason === REASONS.CERTIFICATEHOLD;
}

/** The code of a name in upper case; undefined for one that there is not. */
export function reasonCode(name: string): ReasonCode | undefined {
  return Object.hasOwn(REASONS, name) ? REASONS[name as keyof typeof REASONS] : undefined;
}
