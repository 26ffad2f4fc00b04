import { isBytes, object } from '../bytes/check-arguments.js';
import { NOTHING } from '../bytes/views.js';
import type { PublishStart } from '../decode/payload-pieces.js';
import type { ClientSession } from './client-session.js';

/** The connection over which a payload is sent. */
export interface PayloadRoute {
  /** Milliseconds of the clock of the session. */
  now(): number;
  /** Sends the output of the session. It is called after each piece; a promise is waited for, so that the transport sets the pace. */
  flush(): void | Promise<void>;
}

/**
 * Sends a PUBLISH whose payload comes from a source of pieces, such as a stream; it is never whole in memory.
 *
 * @param packet its `payloadLength` is that of all pieces together
 * @param pieces are not to be written to before they were sent
 * @returns the packet id, 0 for QoS 0, when the last piece was flushed
 * @throws the errors of `ClientSession.send` for the packet, and nothing is sent then. Later errors close the session, because MQTT
 * has no way to abort a PUBLISH: close the transport too, and send the message again after the next CONNECT. They are what the
 * source or `flush` throws; TypeError for a piece that is not a Uint8Array; RangeError when the pieces are not `payloadLength` bytes
 *
 * @example
 * ```ts
 * import { ClientSession, encodePacket, type PayloadRoute, sendPayload } from 'wasmqtt';
 *
 * const session = new ClientSession();
 * session.send({ type: 'connect', protocolVersion: 5, cleanStart: true, keepAlive: 0, clientId: 'c' }, 0);
 * session.receive(encodePacket({ type: 'connack', sessionPresent: false, reasonCode: 0 }, 5), 0);
 * session.takeOutput();
 *
 * let sent = 0;
 * const route: PayloadRoute = {
 *   now: () => performance.now(),
 *   flush: () => {
 *     for (const bytes of session.takeOutput()) sent += bytes.length;
 *   },
 * };
 * async function* source() {
 *   for (let n = 0; n < 10; n++) yield Buffer.alloc(100_000);
 * }
 * const head = { type: 'publish', topic: 'firmware', qos: 0, retain: false, dup: false, payloadLength: 1_000_000 } as const;
 * await sendPayload(session, head, source(), route);
 * sent; // => 1000015
 * ```
 */
export async function sendPayload(
  session: ClientSession,
  packet: Omit<PublishStart, 'payload'>,
  pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  route: PayloadRoute,
): Promise<number> {
  object(packet, 'packet');
  const packetId = session.send({ ...packet, payload: NOTHING }, route.now());
  let remaining = packet.payloadLength;
  try {
    await route.flush();
    for await (const payload of pieces) {
      if (!isBytes(payload)) throw new TypeError('pieces must be Uint8Arrays');
      remaining -= payload.length;
      session.send({ type: 'piece', payload, remaining }, route.now());
      await route.flush();
    }
    if (remaining > 0)
      throw new RangeError(`pieces: the last ${remaining} of ${packet.payloadLength} bytes are missing`);
  } catch (error) {
    session.close();
    throw error;
  }
  return packetId;
}
