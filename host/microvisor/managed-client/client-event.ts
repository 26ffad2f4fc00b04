import type { QoS } from '../../core/index.js';
import type { Receipt } from './receipts.js';

/** What the client reports; `id` is the one that the request was given. */
export type ClientEvent =
  | { type: 'connected'; sessionPresent: boolean }
  | { type: 'refused'; reasonCode: number; reasonString?: string }
  | { type: 'subscribed' | 'unsubscribed'; id: number; reasonCodes: number[] }
  | { type: 'published'; id: number; reasonCode: number }
  /** The request holds values that MQTT or this broker does not allow; nothing of it was sent. */
  | { type: 'invalid'; id: number; reason: string }
  /** A message without a receipt is of QoS 0. */
  | { type: 'message'; receipt?: Receipt; topic: string; payload: Uint8Array; qos: QoS; retain: boolean }
  /** More messages are unacknowledged than the session has room for. */
  | { type: 'flood' }
  | { type: 'closed'; reason: string; reasonCode: number };

export type ReceivedMessage = Extract<ClientEvent, { type: 'message' }>;
