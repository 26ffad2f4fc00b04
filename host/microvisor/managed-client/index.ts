/** What the probe uses of the managed client, so that both name failures alike. */
export { isBadValue } from './mqtt-client.js';
export { refusalName } from './reason-names.js';
