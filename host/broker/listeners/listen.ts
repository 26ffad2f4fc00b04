import { completeSettings } from '../engine/listener-settings.js';
import type { Rules } from '../engine/rules.js';
import type { ListenOptions } from './listen-options.js';
import { BrokerError, type Listener } from './listener.js';
import type { Lobby } from './lobby.js';
import { listenTcp } from './tcp-listener.js';
import { listenTls } from './tls/tls-listener.js';
import { listenUnix } from './unix-listener.js';
import { listenWebSocket } from './websocket/websocket-listener.js';

/**
 * Opens an address.
 *
 * @param rules for a listener that has none of its own
 * @throws BrokerError when the options contradict each other, certificates cannot be used, or the address cannot be
 * listened on; nothing is left open then
 */
export async function listen(lobby: Lobby, options: ListenOptions, rules: Rules): Promise<Listener> {
  const own = { ...options, rules: options.rules ?? rules };
  checkCertificates(own);
  checkSettings(lobby, own);
  switch (own.protocol) {
    case 'mqtt':
      return await listenTcp(lobby, own);
    case 'mqtts':
      return await listenTls(lobby, own);
    case 'ws':
    case 'wss':
      return await listenWebSocket(lobby, own);
    case 'unix':
      return await listenUnix(lobby, own);
    default: {
      const { protocol } = own as { protocol: unknown };
      throw new BrokerError('options', `protocol is ${JSON.stringify(protocol)}; use mqtt, mqtts, ws, wss or unix`);
    }
  }
}

/** Found here, settings that are out of range open nothing; the engine would let nobody in. */
function checkSettings({ engine }: Lobby, { protocol, settings }: ListenOptions): void {
  try {
    completeSettings(engine.limits, settings);
  } catch (error) {
    throw new BrokerError('options', `listener of protocol ${protocol}: ${(error as Error).message}`, { cause: error });
  }
}

/** Rules that name clients by their certificates would refuse everybody at a listener that asks for none. */
function checkCertificates(options: ListenOptions & { rules: Rules }): void {
  const { needsCertificate } = options.rules;
  if (needsCertificate === undefined) return;
  const tls = options.protocol === 'mqtts' || options.protocol === 'wss' ? options.tls : undefined;
  if (tls?.requestCertificate || tls?.requireCertificate || tls?.acceptCertificate) return;
  const missing =
    tls === undefined
      ? 'a listener of protocol mqtts or wss with ca and requestCertificate'
      : tls.ca === undefined
        ? 'ca, and requestCertificate'
        : 'requestCertificate';
  throw new BrokerError('options', `${needsCertificate} needs ${missing}: without it clients send no certificate`);
}
