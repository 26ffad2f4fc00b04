import type { KeeperEvent } from '../../dojot/broker/index.js';

export interface KeeperNote {
  readonly type: 'notice' | 'information' | 'warning';
  readonly text: string;
}

/** What people are told of a certificate from the PKI. @param pki the variable that names it */
export function keeperNote(event: KeeperEvent, pki: string): KeeperNote {
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
      return { type: 'warning', text: `The PKI (${pki}): ${event.reason}; ${next}.` };
    }
    case 'available':
      return { type: 'notice', text: 'The PKI did what it was asked for.' };
  }
}
