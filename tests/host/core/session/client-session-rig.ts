import {
  ClientSession,
  type ClientSessionOptions,
  encodePacket,
  type Packet,
  PacketDecoder,
  type Properties,
  type ProtocolVersion,
  SessionError,
} from '../../../../host/core/index.js';

/** The output of the session as packets. */
export function sent(session: ClientSession, protocolVersion: ProtocolVersion = 5): readonly Packet[] {
  return new PacketDecoder({ protocolVersion }).push(Buffer.concat(session.takeOutput()));
}

export function connectPacket(protocolVersion: ProtocolVersion, properties?: Properties): Packet {
  return { type: 'connect', protocolVersion, cleanStart: false, keepAlive: 60, clientId: 'device', properties };
}

export function connected(
  options: ClientSessionOptions = {},
  own?: Properties,
  properties: Properties = {},
): ClientSession {
  const session = new ClientSession(options);
  session.send(connectPacket(5, own), 0);
  session.receive(encodePacket({ type: 'connack', sessionPresent: false, reasonCode: 0, properties }, 5), 0);
  session.takeOutput();
  return session;
}

export const publish: Packet = {
  type: 'publish',
  topic: 'a',
  payload: Buffer.from('hello'),
  qos: 1,
  retain: false,
  dup: false,
};

/** Returns what is thrown. */
export function caught(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

/** Returns the SessionError that is thrown. */
export function thrown(run: () => unknown): SessionError {
  const error = caught(run);
  if (error instanceof SessionError) return error;
  throw error;
}
