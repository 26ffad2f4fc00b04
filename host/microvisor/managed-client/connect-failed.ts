import { MvMqttRequestState, nameOf } from '../../../build/abi/microvisor.js';
import type { KernelEvent } from '../kernel/kernel-event.js';
import type { TransportFailure } from '../transport/transport.js';
import type { ConnectRequest } from './connect-request.js';
import type { Link } from './link.js';

/** The event of a connection that failed, with what is known of it; the password and the key stay behind. */
export function connectFailed(
  request: ConnectRequest | undefined,
  link: Link | undefined,
  { requestState, detail, code, alert, shown }: TransportFailure,
  reasonCode: number,
): Extract<KernelEvent, { event: 'connectFailed' }> {
  return {
    event: 'connectFailed',
    host: request?.host ?? '',
    port: request?.port ?? 0,
    requestState: nameOf(MvMqttRequestState, requestState),
    reasonCode,
    detail,
    evidence: {
      protocolVersion: request?.mqtt.protocolVersion ?? 5,
      userName: request?.mqtt.userName,
      roots: request?.ca ?? [],
      clientChain: request?.clientChain ?? [],
      secure: link?.tls !== undefined,
      code,
      alert,
      shown: shown ?? link?.tls?.shown ?? [],
      answer: link?.answer ?? new Uint8Array(0),
    },
  };
}
