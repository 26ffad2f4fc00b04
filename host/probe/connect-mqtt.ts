import { ClientSession, type ClientSessionEvent, refusalName } from '../core/index.js';
import { isBadValue } from '../microvisor/managed-client/index.js';
import type { ProbeRequest } from './probe-request.js';
import type { Handshake } from './tls-handshake.js';

/** The broker refused the connection in its CONNACK. */
export class Refused extends Error {
  override name = 'Refused';

  readonly reasonCode: number;

  constructor(reasonCode: number, protocolVersion: 4 | 5, reasonString?: string) {
    const more = reasonString ? `: ${reasonString}` : '';
    super(`the broker refused the connection: ${refusalName(protocolVersion, reasonCode)}${more}`);
    this.reasonCode = reasonCode;
  }
}

/** The connection ended before CONNACK; the cause is the error of TLS, if there was one. */
export class ClosedEarly extends Error {
  override name = 'ClosedEarly';
}

/** The broker sent something else than MQTT. */
export class BrokenAnswer extends Error {
  override name = 'BrokenAnswer';
}

/**
 * Sends CONNECT, waits for CONNACK and sends DISCONNECT. The session ends with the connection.
 *
 * @param answered called with the bytes that come, before they are read
 * @throws Refused, ClosedEarly, BrokenAnswer, the errors of ClientSession, the signal's reason
 */
export function connectMqtt(
  request: ProbeRequest,
  { socket, closed }: Handshake,
  signal: AbortSignal,
  answered: (bytes: Uint8Array) => void,
): Promise<void> {
  const { protocolVersion, clientId, userName, password, timeout } = request;
  const session = new ClientSession({ responseTimeout: timeout });
  const flush = () => {
    for (const bytes of session.takeOutput()) socket.write(bytes);
  };
  return new Promise((accept, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    void closed.then((cause) => reject(new ClosedEarly('closed before CONNACK', { cause })));
    socket.on('data', (chunk) => {
      answered(chunk);
      try {
        const now = performance.now();
        for (const { packet } of session.receive(chunk, now)) checkConnack(packet, protocolVersion);
        if (session.state !== 'connected') return;
        session.send({ type: 'disconnect', reasonCode: 0 }, now);
        flush();
        socket.end(accept);
      } catch (error) {
        const { message } = error as Error;
        reject(isBadValue(error) ? new BrokenAnswer(`the broker sent a packet that breaks MQTT: ${message}`) : error);
      }
    });
    session.send(
      {
        type: 'connect',
        protocolVersion,
        clientId,
        cleanStart: true,
        keepAlive: 60,
        userName,
        password: password === undefined ? undefined : Buffer.from(password),
      },
      performance.now(),
    );
    flush();
  });
}

function checkConnack(packet: ClientSessionEvent['packet'], protocolVersion: 4 | 5): void {
  if (packet.type !== 'connack' || packet.reasonCode === 0) return;
  throw new Refused(packet.reasonCode, protocolVersion, packet.properties?.reasonString);
}
