import type { Will } from '../../core/index.js';
import type { TransportRequest } from '../transport/transport.js';

/** What CONNECT says. */
export interface MqttClientOptions {
  protocolVersion: 4 | 5;
  clientId: string;
  cleanStart: boolean;
  /** Seconds, 0 to 65,535; 0 sends no PINGREQ. */
  keepAlive: number;
  will?: Will;
  userName?: string;
  password?: Uint8Array;
}

/** Where to connect, with which credentials, and as which client. */
export interface ConnectRequest extends TransportRequest {
  mqtt: MqttClientOptions;
}
