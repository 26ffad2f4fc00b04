/** What the probe uses of the managed client, so that both judge values alike. */
export { isBadValue } from './bad-value.js';
