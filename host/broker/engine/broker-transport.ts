import type { ClientCertificate, ListenerInfo } from './rules.js';

/**
 * Names one network connection for as long as the engine lives; never used twice.
 *
 * @example
 * ```ts
 * import { type Clock, type ConnectionId, createBroker } from 'wasmqtt/broker';
 *
 * let now = 0;
 * const clock: Clock = { now: () => now };
 * const broker = await createBroker({ clock });
 * const id: ConnectionId = broker.engine.open({ remote: 'a test' });
 * // Without a CONNECT it is closed when its time is over.
 * now = broker.nextDeadline(0) ?? 0;
 * broker.tick(now);
 * [id, now > 0]; // => [ 1, true ]
 * ```
 */
export type ConnectionId = number;

/** What a listener knows about a connection before its first byte. */
export interface ConnectionInfo {
  /** Address and port of the peer, for events only. */
  remote: string;
  /** Default: the engine's own, which has the rules of its options. */
  listener?: ListenerInfo;
  /** Called once when the connection has a client: its CONNECT was accepted. Must not call back into the engine. */
  accepted?: () => void;
  tls?: {
    /** The peer's certificate; set only when it was verified. */
    certificate?: ClientCertificate;
    /** `TLSv1.2`, `TLSv1.3`. */
    version?: string;
    /** See `ClientIdentity`. */
    serverName?: string;
    /** See `ClientIdentity`. */
    applicationProtocol?: string;
  };
}

/** Where the engine's bytes go. The calls must not call back into the engine. */
export interface Transport {
  /** The engine does not change the bytes afterwards: they may be kept. */
  send(id: ConnectionId, bytes: Uint8Array): void;
  /** Closes the connection after what was sent; the engine has already forgotten it. */
  end(id: ConnectionId): void;
  /** Read nothing more from the connection until `resume`: what came last is not dealt with yet. Without it, it waits in the engine. */
  pause?(id: ConnectionId): void;
  resume?(id: ConnectionId): void;
  /** Bytes sent that the network has not taken yet; without it a connection never counts as slow. */
  backlog?(id: ConnectionId): number;
}
