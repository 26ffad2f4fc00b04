/** How soon a session sends what it is handed. */
export const Readiness = {
  /** At once. */
  now: 0,
  /** It has a connection, which is behind. */
  soon: 1,
  /** When its client is back. */
  away: 2,
  /** It has no room: the message would be dropped. */
  never: 3,
} as const;

export type Readiness = (typeof Readiness)[keyof typeof Readiness];
