import { type Rules, refuse } from '../../engine/rules.js';
import { ALPN } from './aws-iot-settings.js';

/** These rules for a port that AWS shares with HTTPS: a client has to say with ALPN that it speaks MQTT. */
export function withAlpn(rules: Rules): Rules {
  return {
    needsCertificate: rules.needsCertificate,
    publish: rules.publish?.bind(rules),
    subscribe: rules.subscribe?.bind(rules),
    receive: rules.receive?.bind(rules),
    connect(request) {
      if (request.applicationProtocol === ALPN) return rules.connect?.(request) ?? { allow: true };
      return refuse(`no ALPN ${ALPN}: on this port AWS takes that for HTTPS; set it, or use port 8883`);
    },
  };
}
