/** What the probe uses of the managed client, so that both name failures alike. */

export { refusalName } from '../../core/index.js';
export { isBadValue } from './bad-value.js';
