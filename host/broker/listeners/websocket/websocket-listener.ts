import { createServer, type IncomingMessage, type Server, STATUS_CODES } from 'node:http';
import { createServer as createSecureServer, type Server as SecureServer } from 'node:https';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { type WebSocket, WebSocketServer } from 'ws';
import { completeSettings } from '../../engine/listener-settings.js';
import type { Rules } from '../../engine/rules.js';
import { bindAddress, type Door } from '../bind.js';
import { Entrance } from '../entrance.js';
import {
  addressOf,
  handshakeTimeoutOf,
  type SecureWebSocketListenOptions,
  type WebSocketListenOptions,
  type WebSocketSettings,
} from '../listen-options.js';
import type { Listener } from '../listener.js';
import type { Lobby } from '../lobby.js';
import { ServerCredentials } from '../tls/server-credentials.js';
import { tlsInfo, watchHandshakes } from '../tls/tls-events.js';
import { checkPath, checkUpgrade, chooseSubprotocol } from './upgrade.js';
import { WebSocketStream } from './websocket-stream.js';

/** A client may put more than one packet into a frame. */
const ROOM_BESIDE_A_PACKET = 65_536;

/** Milliseconds that a peer has for its close frame. */
const CLOSE_TIMEOUT = 1000;

type Options = (WebSocketListenOptions | SecureWebSocketListenOptions) & { rules: Rules };

/**
 * Listens for MQTT over WebSocket (MQTT 5, 6), within TLS for `wss`.
 *
 * @throws BrokerError `tls` for certificates, keys, CAs and CRLs that cannot be used, `options`, otherwise for the address
 */
export async function listenWebSocket(lobby: Lobby, options: Options): Promise<Listener> {
  const { protocol, host, port, beyondLoopback, handshakeTimeout, path, origins, tls, ...settings } = {
    tls: undefined,
    ...options,
  };
  const address = addressOf({ host, port, beyondLoopback });
  checkPath({ path });
  const entrance = new Entrance(lobby, handshakeTimeoutOf({ handshakeTimeout }));
  const credentials = tls && new ServerCredentials(tls);
  const server = credentials ? createSecureServer(credentials.options) : createServer();
  if (credentials) {
    // Its own listener takes a handshake that failed for a request that could not be read.
    server.removeAllListeners('tlsClientError');
    watchHandshakes(server as SecureServer, entrance, credentials);
  }
  const { maximumPacketSize } = completeSettings(lobby.engine.limits, settings.settings);
  serveUpgrades(server, entrance, { path, origins, maximumPacketSize, credentials });
  const welcome: Door['welcome'] = (socket) => server.emit('connection', socket);
  return await bindAddress({ protocol, entrance, credentials, settings, welcome }, address);
}

/** @param server never listens: connections are handed to it as events */
function serveUpgrades(
  server: Server | SecureServer,
  entrance: Entrance,
  {
    maximumPacketSize,
    credentials,
    ...settings
  }: WebSocketSettings & { maximumPacketSize: number; credentials: ServerCredentials | undefined },
): void {
  const webSockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: maximumPacketSize + ROOM_BESIDE_A_PACKET,
    closeTimeout: CLOSE_TIMEOUT,
    handleProtocols: (offered) => chooseSubprotocol(offered) ?? false,
  } as ConstructorParameters<typeof WebSocketServer>[0]);
  webSockets.on('wsClientError', (error, socket) => answer(entrance, socket, 400, error.message));

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const refusal = checkUpgrade(request, settings);
    if (refusal) answer(entrance, socket, refusal.status, refusal.reason);
    else webSockets.handleUpgrade(request, socket, head, (webSocket) => open(entrance, socket, webSocket, credentials));
  });
  server.on('request', (request: IncomingMessage) => {
    const refusal = checkUpgrade(request, settings);
    answer(
      entrance,
      request.socket,
      refusal?.status ?? 400,
      refusal?.reason ?? 'the request has no Connection: Upgrade',
    );
  });
  server.on('connect', (_request, socket) => answer(entrance, socket, 405, 'this is not a proxy'));
  server.on('clientError', (error: Error, socket: Duplex) =>
    answer(entrance, socket, 400, `not HTTP: ${error.message}`),
  );
}

function open(entrance: Entrance, socket: Duplex, webSocket: WebSocket, credentials?: ServerCredentials): void {
  const describeTls = credentials && socket instanceof TLSSocket ? () => tlsInfo(socket, credentials) : undefined;
  entrance.attach(socket, new WebSocketStream(webSocket), describeTls);
}

/** Answers a request that does not become a connection. */
function answer(entrance: Entrance, socket: Duplex, status: number, reason: string): void {
  const connection = entrance.connectionOf(socket);
  if (!connection || !socket.writable) {
    entrance.refuse(socket, `WebSocket: ${reason}`);
    return;
  }
  const body = `${reason}\n`;
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Connection: close',
    'Content-Type: text/plain',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...(status === 426 ? ['Upgrade: websocket'] : []),
  ];
  connection.refuseWith(`${head.join('\r\n')}\r\n\r\n${body}`, socket, `WebSocket: ${reason}`);
}
