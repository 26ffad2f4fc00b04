export { type DerPeers, derRows, hexRows } from './der-rows.js';
export { measure, type Result, type Row } from './measure.js';
export { consumed, type Peer, rows } from './rows.js';
