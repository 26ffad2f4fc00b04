export { LoadGenerator, NoLoadGenerator } from './broker/load-generator.js';
export { type BrokerResult, measureBrokers } from './broker/measure-brokers.js';
export { type Scenario, scenarios } from './broker/scenarios.js';
export { type DerPeers, derRows, hexRows } from './der-rows.js';
export { guestRows } from './guest-rows.js';
export { measure, type Result, type Row } from './measure.js';
export { consumed, type Peer, rows } from './rows.js';
export { shimRows } from './shim-rows.js';
