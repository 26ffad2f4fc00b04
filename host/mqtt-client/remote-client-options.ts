import type { ConnectPacket, QoS } from '../core/index.js';
import type { CarriedMessage } from './carried-message.js';

export interface RemoteClientOptions {
  connect: ConnectPacket;
  /** Filters with their QoS to subscribe to after each CONNACK, without one to unsubscribe from. */
  filters: ReadonlyMap<string, QoS | undefined>;
  /** Bytes of the largest message that goes out. */
  largest: number;
  /** Messages of QoS 0 wait for a connection too. */
  keepsQoS0: boolean;
  /** Messages, and bytes of their payloads, that may be in hand at a time; more wait in the network. Default: 100 of any size. */
  most?: { messages: number; bytes: number };
}

export interface RemoteClientEvents {
  connected(sessionPresent: boolean): void;
  /** Nothing more comes from this connection; the transport is to be ended. @param isPrivateRefused a CONNECT without the bit may do */
  failed(reason: string, isPrivateRefused: boolean): void;
  notSubscribed(topicFilter: string, reasonCode: number): void;
  subscribed?(topicFilter: string): void;
  /**
   * @param isDuplicate whether the broker may have sent it before; it may also have been acknowledged then
   * @returns settles when the message is safe elsewhere, or never will be; does not reject
   */
  message(message: CarriedMessage, isDuplicate: boolean): Promise<void>;
  /** There may be output, or another deadline. */
  changed(): void;
  /** The network is behind: messages wait. */
  isSlow(): boolean;
}
