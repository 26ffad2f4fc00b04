export type { BrokerResult, BrokerRow } from './broker/broker-row.js';
export { LoadGenerator, NoLoadGenerator } from './broker/load-generator.js';
export { loadRows } from './broker/load-rows.js';
export { retainedRows } from './broker/retained-rows.js';
export { type DerPeers, derRows, hexRows } from './der-rows.js';
export { guestRows } from './guest-rows.js';
export { measure, type Result, type Row } from './measure.js';
export { consumed, type Peer, rows } from './rows.js';
export { shimRows } from './shim-rows.js';
