import type { MvMqttConnectRequest } from '../../../../build/abi/microvisor.js';
import { credentials, login, will } from '../rig/mqtt-structures.js';
import { Rig } from '../rig/rig.js';
import { OUTSIDE } from '../rig/rig-memory.js';
import { handleCases } from './mqtt-handles.js';
import { type StatusCase, statusCases } from './status-case.js';

const connect = (rig: Rig, overrides: Partial<MvMqttConnectRequest> = {}, channel = rig.channel()) =>
  rig.call('mvMqttRequestConnect', channel, rig.connectRequest(overrides));
const der = Uint8Array.of(0x30, 0);
const bad = { data: OUTSIDE, length: 4 };
const none = { data: 0, length: 0 };

export const mqttConnect: StatusCase[] = [
  ...handleCases('mvMqttRequestConnect', true),
  ...statusCases('mvMqttRequestConnect', [
    ['OKAY', 'for a host and a client id', (rig) => connect(rig)],
    [
      'OKAY',
      'for a second connect while connected (answered with ALREADYCONNECTED)',
      (rig) => connect(rig, {}, rig.connected()),
    ],
    ['LATEFAULT', 'for a bad host pointer', (rig) => connect(rig, { host: bad })],
    ['LATEFAULT', 'for a bad client id pointer', (rig) => connect(rig, { clientid: bad })],
    ['LATEFAULT', 'for a bad credentials pointer', (rig) => connect(rig, { tlsCredentials: OUTSIDE })],
    ['LATEFAULT', 'for a misaligned credentials pointer', (rig) => connect(rig, { tlsCredentials: rig.alloc(32) + 2 })],
    ['LATEFAULT', 'for a bad will pointer', (rig) => connect(rig, { will: OUTSIDE })],
    [
      'LATEFAULT',
      'for a bad user name pointer',
      (rig) => connect(rig, { authentication: { method: 1, usernamePassword: { username: bad, password: none } } }),
    ],
    [
      'LATEFAULT',
      'for a bad certificate pointer',
      (rig) => {
        const address = credentials(rig, { ca: [der] });
        rig.view.setUint32(rig.u32(address + 4), OUTSIDE, true);
        return connect(rig, { tlsCredentials: address });
      },
    ],
    ['REQUIREDELEMENTMISSING', 'without a host', (rig) => connect(rig, { host: none })],
    ['REQUIREDELEMENTMISSING', 'without a client id', (rig) => connect(rig, { clientid: none })],
    [
      'REQUIREDELEMENTMISSING',
      'for a client certificate without its key',
      (rig) => connect(rig, { tlsCredentials: credentials(rig, { chain: [der] }) }),
    ],
    ['REQUIREDELEMENTMISSING', 'for a will without a topic', (rig) => connect(rig, { will: will(rig, '', 'gone') })],
    [
      'REQUIREDELEMENTMISSING',
      'for a will without a payload',
      (rig) => connect(rig, { will: will(rig, 'status', '') }),
    ],
    [
      'TOOMANYELEMENTS',
      'for nine CA certificates',
      (rig) => connect(rig, { tlsCredentials: credentials(rig, { ca: Array(9).fill(der) }) }),
    ],
    [
      'TOOMANYELEMENTS',
      'for nine certificates in the client chain',
      (rig) => connect(rig, { tlsCredentials: credentials(rig, { chain: Array(9).fill(der), key: der }) }),
    ],
    [
      'INVALIDAUTHENTICATION',
      'for method 2',
      (rig) => connect(rig, { authentication: { method: 2, usernamePassword: { username: none, password: none } } }),
    ],
    [
      'INVALIDAUTHENTICATION',
      'for a user name together with a client certificate',
      (rig) =>
        connect(rig, {
          authentication: login(rig, 'user', 'secret'),
          tlsCredentials: credentials(rig, { chain: [der], key: der }),
        }),
    ],
    [
      'OKAY',
      'for both when the setting allows it',
      (rig) =>
        connect(rig, {
          authentication: login(rig, 'user', 'secret'),
          tlsCredentials: credentials(rig, { chain: [der], key: der }),
        }),
      () => new Rig({ behaviour: { allowPasswordWithClientCertificate: true } }),
    ],
    [
      'REQUESTALREADYSENT',
      'for a second connect while the first is in service',
      (rig) => {
        const channel = rig.channel();
        connect(rig, {}, channel);
        return connect(rig, {}, channel);
      },
    ],
    [
      'REQUESTALREADYSENT',
      'after the connection has ended',
      (rig) => {
        const channel = rig.connected();
        rig.link.events.closed();
        return connect(rig, {}, channel);
      },
    ],
  ]),
];
