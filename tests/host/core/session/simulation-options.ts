import type { ProtocolVersion } from '../../../../host/core/index.js';
import type { LineOptions } from './lossy-line.js';
import type { Message, ServerOptions } from './model-server.js';

export interface SimulationOptions extends ServerOptions, LineOptions {
  seed: number;
  version: ProtocolVersion;
  /** Messages of the client, and of the server. */
  up: Message[];
  down: Message[];
  manual: boolean;
  adopt: boolean;
  /** The client's own Receive Maximum, and its capacity for messages in flight from the server. */
  clientReceiveMaximum: number;
  sendCapacity: number;
  clientAliases: boolean;
  /** Bytes that each connection carries each way before it is lost; those after the last entry are never lost. */
  losses: { up: number; down: number }[];
  /** The session is saved and restored when a connection is lost. */
  restarts: boolean;
}
