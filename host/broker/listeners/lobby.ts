import type { BrokerEngine } from '../engine/broker-engine.js';
import type { Clockwork } from './clockwork.js';
import type { SocketTable } from './socket-table.js';
import type { WaitingRoom } from './waiting-room.js';

/** What the listeners of one broker share. */
export interface Lobby {
  readonly engine: BrokerEngine;
  readonly sockets: SocketTable;
  readonly clockwork: Clockwork;
  readonly waitingRoom: WaitingRoom;
  /** Wall-clock time in milliseconds since 1970, for what certificates and CRLs say. */
  readonly wallClock: () => number;
}
