/** What a connection failed for, and what to do about it. */
export type { Diagnosis } from './cause.js';
export { CAUSES, diagnose } from './causes.js';
export type { ConnectFailure } from './connect-case.js';
export { disconnectAdvice } from './disconnect-meanings.js';
