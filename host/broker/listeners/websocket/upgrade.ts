import type { IncomingMessage } from 'node:http';
import type { WebSocketSettings } from '../listen-options.js';
import { BrokerError } from '../listener.js';

/** Why an HTTP request does not become an MQTT connection. */
export interface UpgradeRefusal {
  /** 400 or more. */
  status: number;
  reason: string;
}

const SUBPROTOCOLS = ['mqtt', 'mqttv3.1'] as const;

/** The first of the client's subprotocols that is one of MQTT, exactly (MQTT-6.0.0-3, MQTT-6.0.0-4). */
export function chooseSubprotocol(offered: Iterable<string>): string | undefined {
  for (const name of offered) if ((SUBPROTOCOLS as readonly string[]).includes(name)) return name;
  return undefined;
}

/** @returns why the request is refused; undefined when the upgrade may go on */
export function checkUpgrade(
  request: IncomingMessage,
  { path = '/mqtt', origins }: WebSocketSettings,
): UpgradeRefusal | undefined {
  const { upgrade, origin } = request.headers;
  const protocols = request.headers['sec-websocket-protocol'];
  const [asked] = (request.url ?? '').split('?');
  if (upgrade?.toLowerCase() !== 'websocket') {
    return { status: 426, reason: 'this is MQTT over WebSocket: ask for an upgrade to websocket' };
  }
  if (path !== '*' && asked !== path) {
    return { status: 404, reason: `nothing at ${JSON.stringify(asked.slice(0, 80))}: the path is ${path}` };
  }
  if (origin !== undefined && origins && !origins.includes(origin)) {
    return { status: 403, reason: `pages of ${JSON.stringify(origin.slice(0, 80))} may not connect` };
  }
  if (chooseSubprotocol((protocols ?? '').split(',').map((name) => name.trim())) === undefined) {
    const offered = protocols === undefined ? 'none' : JSON.stringify(protocols.slice(0, 80));
    return { status: 400, reason: `the subprotocol is ${offered}; offer mqtt (MQTT-6.0.0-3)` };
  }
  return undefined;
}

/** @throws BrokerError for a path that no request can have */
export function checkPath({ path = '/mqtt' }: WebSocketSettings): void {
  if (path === '*' || /^\/[^\s?#]*$/.test(path)) return;
  throw new BrokerError(
    'options',
    `path is ${JSON.stringify(path)}; use / and what follows it in the URL, or * for any`,
  );
}
