/** How the far end reports. It may do so at any time, also within `write`. */
export interface OpaqueEvents {
  data(bytes: Uint8Array): void;
  /** The far end closed the channel, or reset it. The last event. */
  closed(how: 'closed' | 'reset'): void;
}

export interface OpaqueConnection {
  write(bytes: Uint8Array): void;
  /** The device has closed the channel: there are no more events. */
  close(): void;
}

/**
 * What is behind the name of an endpoint: it is opened once for each channel.
 *
 * @example
 * ```ts
 * import type { OpaqueConnection, OpaqueEndpoint, OpaqueEvents } from 'wasmqtt/microvisor';
 *
 * const echo: OpaqueEndpoint = (events: OpaqueEvents): OpaqueConnection => ({
 *   write: (bytes) => events.data(bytes),
 *   close: () => {},
 * });
 * // As `endpoints: { echo }` of a device.
 * const received: Uint8Array[] = [];
 * echo({ data: (bytes) => received.push(bytes), closed: () => {} }).write(Uint8Array.of(1, 2));
 * received; // => [ Uint8Array(2) [ 1, 2 ] ]
 * ```
 */
export type OpaqueEndpoint = (events: OpaqueEvents) => OpaqueConnection;
