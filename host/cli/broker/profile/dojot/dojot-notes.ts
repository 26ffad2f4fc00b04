import type { RuleRefusal } from '../../../../broker/index.js';
import type { BrokerSettings, KeeperEvent } from '../../../../dojot/broker/index.js';
import type { Note } from '../../source/broker-source.js';

/** What the log says of the broker's certificate. */
export function keeperNote(event: KeeperEvent, { certificate }: BrokerSettings): Note {
  switch (event.type) {
    case 'certificate': {
      const { name, why, serialNumber, notAfter } = event;
      const text = `The certificate of ${name} is ${serialNumber}, valid until ${notAfter}: ${why}.`;
      return { type: 'notice', text };
    }
    case 'authority':
      return { type: 'notice', text: `The CA has a new certificate, valid until ${event.notAfter}.` };
    case 'revocation list': {
      const until = event.nextUpdate === undefined ? '' : `, valid until ${event.nextUpdate}`;
      return { type: 'information', text: `The CRL is that of ${event.thisUpdate}${until}.` };
    }
    case 'unavailable': {
      const next = `it tries again, next in ${Math.ceil(event.retryIn)} s`;
      return { type: 'warning', text: `The PKI (${certificate.pkiVariable}): ${event.reason}; ${next}.` };
    }
    case 'available':
      return { type: 'notice', text: 'The PKI did what it was asked for.' };
  }
}

/** What the log says of a message or subscription that is refused. */
export function refusalNote({ clientId, reason }: RuleRefusal): Note {
  return { type: 'warning', text: `Client ${clientId} is refused: ${reason}.` };
}
