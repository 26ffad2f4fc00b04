/** What happens to the certificates of a service. Times are ISO 8601. */
export type KeeperEvent =
  /** A certificate is in force. `why`: at the start, or why the former one was renewed. */
  | { type: 'certificate'; name: string; why: string; serialNumber: string; notAfter: string }
  | { type: 'authority'; subject: string; notAfter: string }
  | { type: 'revocation list'; thisUpdate: string; nextUpdate?: string }
  /** Reported once for a reason; what was fetched before stays in force. `retryIn`: seconds. */
  | { type: 'unavailable'; reason: string; retryIn: number }
  /** What could not be fetched was. */
  | { type: 'available' };
