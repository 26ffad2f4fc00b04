import {
  MvChannelType,
  type MvMqttConnectRequest,
  type MvStatus,
  type SystemCallName,
} from '../../../../build/abi/microvisor.js';
import {
  arrive,
  codesResponse,
  credentials,
  login,
  lostOut,
  messageOut,
  publishRequest,
  subscribed,
  subscribeRequest,
  unsubscribed,
  unsubscribeRequest,
  will,
} from '../rig/mqtt-structures.js';
import { OUTSIDE, Rig } from '../rig/rig.js';
import type { StatusCase } from './status-case.js';

const CONFIG = MvChannelType.CONFIGFETCH;
type Short = [keyof typeof MvStatus, string, (rig: Rig) => MvStatus, (() => Rig)?];
const cases = (call: SystemCallName, list: Short[]): StatusCase[] =>
  list.map(([status, when, run, rig]) => ({ call, status, when, run, rig }));

/** What every MQTT call says to a handle that is none, is of another type, or is closed. */
const handleCases = (call: SystemCallName, pointer: boolean): StatusCase[] => {
  const make = (rig: Rig, handle: number) => rig.call(call, handle, ...(pointer ? [rig.alloc(64)] : [1]));
  return cases(call, [
    ['INVALIDHANDLE', 'for zero', (rig) => make(rig, 0)],
    ['INVALIDHANDLE', 'for a notification handle', (rig) => make(rig, rig.notifications())],
    ['INVALIDHANDLE', 'for a config-fetch channel', (rig) => make(rig, rig.channel(CONFIG))],
    ['CHANNELCLOSED', 'when the network went away', (rig) => make(rig, rig.closedChannel())],
    ...(pointer
      ? ([
          ['PARAMETERFAULT', 'for a null pointer', (rig) => rig.call(call, rig.channel(), 0)],
          ['PARAMETERFAULT', 'outside memory', (rig) => rig.call(call, rig.channel(), OUTSIDE)],
          ['PARAMETERFAULT', 'for a misaligned pointer', (rig) => rig.call(call, rig.channel(), rig.alloc(80) + 1)],
        ] as Short[])
      : []),
  ]);
};

const connect = (rig: Rig, overrides: Partial<MvMqttConnectRequest> = {}, channel = rig.channel()) =>
  rig.call('mvMqttRequestConnect', channel, rig.connectRequest(overrides));
const der = Uint8Array.of(0x30, 0);
const bad = { data: OUTSIDE, length: 4 };
const none = { data: 0, length: 0 };

const connectCases: Short[] = [
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
  ['REQUIREDELEMENTMISSING', 'for a will without a payload', (rig) => connect(rig, { will: will(rig, 'status', '') })],
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
];

const nextType = (rig: Rig) => rig.call('mvMqttGetNextReadableDataType', rig.connected(), rig.words(0));

const subscribe = (rig: Rig, topics: string[], channel = rig.connected()) =>
  rig.call('mvMqttRequestSubscribe', channel, subscribeRequest(rig, topics));
const unsubscribe = (rig: Rig, topics: string[], channel = rig.connected()) =>
  rig.call('mvMqttRequestUnsubscribe', channel, unsubscribeRequest(rig, topics));
const publish = (rig: Rig, qos = 0, channel = rig.connected()) =>
  rig.call('mvMqttRequestPublish', channel, publishRequest(rig, 'a', 'b', qos));

/** The call with one word of its structure overwritten. */
const broken = (rig: Rig, call: SystemCallName, channel: number, address: number, offset: number, value = OUTSIDE) => {
  rig.view.setUint32(address + offset, value, true);
  return rig.call(call, channel, address);
};

const twice = (rig: Rig, request: (rig: Rig, topics: string[], channel?: number) => MvStatus) => {
  const channel = rig.connected();
  request(rig, ['a'], channel);
  rig.kernel.tick();
  return request(rig, ['b'], channel);
};

const nine = Array.from({ length: 9 }, (_, index) => `topic/${index}`);

export const mqttRequests: StatusCase[] = [
  ...handleCases('mvMqttRequestConnect', true),
  ...cases('mvMqttRequestConnect', connectCases),
  ...handleCases('mvMqttRequestSubscribe', true),
  ...cases('mvMqttRequestSubscribe', [
    ['OKAY', 'for eight topics', (rig) => subscribe(rig, nine.slice(1))],
    ['TOOMANYELEMENTS', 'for nine topics', (rig) => subscribe(rig, nine)],
    ['RATELIMITED', 'while another subscribe is in service', (rig) => twice(rig, subscribe)],
    [
      'LATEFAULT',
      'for a bad list',
      (rig) => broken(rig, 'mvMqttRequestSubscribe', rig.connected(), subscribeRequest(rig, ['a']), 4),
    ],
    [
      'LATEFAULT',
      'for a bad topic pointer',
      (rig) => {
        const address = subscribeRequest(rig, ['a']);
        rig.view.setUint32(rig.u32(address + 4), OUTSIDE, true);
        return rig.call('mvMqttRequestSubscribe', rig.connected(), address);
      },
    ],
  ]),
  ...handleCases('mvMqttRequestUnsubscribe', true),
  ...cases('mvMqttRequestUnsubscribe', [
    ['OKAY', 'for eight topics', (rig) => unsubscribe(rig, nine.slice(1))],
    ['TOOMANYELEMENTS', 'for nine topics', (rig) => unsubscribe(rig, nine)],
    ['RATELIMITED', 'while another unsubscribe is in service', (rig) => twice(rig, unsubscribe)],
    [
      'LATEFAULT',
      'for a bad list',
      (rig) => broken(rig, 'mvMqttRequestUnsubscribe', rig.connected(), unsubscribeRequest(rig, ['a']), 4),
    ],
  ]),
  ...handleCases('mvMqttRequestPublish', true),
  ...cases('mvMqttRequestPublish', [
    ['OKAY', 'for QoS 0', (rig) => publish(rig)],
    ['OKAY', 'while not connected (answered with NOTCONNECTED)', (rig) => publish(rig, 0, rig.channel())],
    [
      'LATEFAULT',
      'for a bad topic pointer',
      (rig) => broken(rig, 'mvMqttRequestPublish', rig.connected(), publishRequest(rig, 'a', 'b'), 4),
    ],
    [
      'LATEFAULT',
      'for a bad payload pointer',
      (rig) => broken(rig, 'mvMqttRequestPublish', rig.connected(), publishRequest(rig, 'a', 'b'), 12, 0),
    ],
    [
      'RATELIMITED',
      'for the 17th publish without a response',
      (rig) => {
        const channel = rig.connected();
        for (let count = 0; count < 16; count++) publish(rig, 1, channel);
        rig.kernel.tick();
        return publish(rig, 1, channel);
      },
    ],
  ]),
  ...handleCases('mvMqttAcknowledgeMessage', false),
  ...cases('mvMqttAcknowledgeMessage', [
    ['OKAY', 'for an id that stands for no message', (rig) => rig.call('mvMqttAcknowledgeMessage', rig.connected(), 5)],
    [
      'RATELIMITED',
      'for the third when two may be in flight',
      (rig) => {
        const channel = rig.connected();
        for (const id of [1, 2]) rig.ok('mvMqttAcknowledgeMessage', channel, id);
        return rig.call('mvMqttAcknowledgeMessage', channel, 3);
      },
      () => new Rig({ limits: { acknowledgementsInFlight: 2 } }),
    ],
  ]),
  ...handleCases('mvMqttRequestDisconnect', false),
  ...cases('mvMqttRequestDisconnect', [
    ['OKAY', 'while connected', (rig) => rig.call('mvMqttRequestDisconnect', rig.connected())],
    [
      'RATELIMITED',
      'while another is in flight',
      (rig) => {
        const channel = rig.connected();
        rig.ok('mvMqttRequestDisconnect', channel);
        return rig.call('mvMqttRequestDisconnect', channel);
      },
    ],
  ]),
];

const withConnectResponse = (rig: Rig): number => {
  const channel = rig.channel();
  connect(rig, { port: 0 }, channel);
  rig.kernel.tick();
  return channel;
};
const withPublishResponse = (rig: Rig): number => {
  const channel = rig.connected();
  publish(rig, 0, channel);
  rig.kernel.tick();
  return channel;
};
const withDisconnectResponse = (rig: Rig): number => {
  const channel = rig.connected();
  rig.link.events.closed();
  return channel;
};
const withSubscribeResponse = (rig: Rig): number => {
  const channel = rig.connected();
  subscribed(rig, channel, ['a', 'b']);
  return channel;
};
const withUnsubscribeResponse = (rig: Rig): number => {
  const channel = rig.connected();
  unsubscribed(rig, channel, ['a', 'b']);
  return channel;
};
const withMessage = (rig: Rig): number => {
  const channel = rig.connected();
  arrive(rig, 'topic', 'payload');
  return channel;
};
const withLostMessage = (rig: Rig): number => {
  const channel = rig.connected();
  arrive(rig, 'topic', 'x'.repeat(2000));
  return channel;
};

const codesCases = (call: SystemCallName, ready: (rig: Rig) => number): StatusCase[] => [
  ...handleCases(call, true),
  ...cases(call, [
    ['OKAY', 'with room for the codes', (rig) => rig.call(call, ready(rig), codesResponse(rig).address)],
    [
      'OKAY',
      'when the size counts elements instead of bytes',
      (rig) => rig.call(call, ready(rig), codesResponse(rig, 2, 2).address),
    ],
    [
      'INVALIDBUFFERSIZE',
      'with room for one code of two',
      (rig) => rig.call(call, ready(rig), codesResponse(rig, 1, 1).address),
    ],
    [
      'PARAMETERFAULT',
      'when there is no such response',
      (rig) => rig.call(call, rig.connected(), codesResponse(rig).address),
    ],
    ...[0, 4, 8, 16].map(
      (offset): Short => [
        'LATEFAULT',
        `for a bad pointer at offset ${offset}`,
        (rig) => broken(rig, call, ready(rig), codesResponse(rig).address, offset),
      ],
    ),
  ]),
];

const fixedCases = (call: SystemCallName, ready: (rig: Rig) => number): StatusCase[] => [
  ...handleCases(call, true),
  ...cases(call, [
    ['OKAY', 'for a response that is there', (rig) => rig.call(call, ready(rig), rig.alloc(12))],
    ['PARAMETERFAULT', 'when there is no such response', (rig) => rig.call(call, rig.connected(), rig.alloc(12))],
  ]),
];

export const mqttResponses: StatusCase[] = [
  ...handleCases('mvMqttGetNextReadableDataType', true),
  ...cases('mvMqttGetNextReadableDataType', [['OKAY', 'with nothing to read', nextType]]),
  ...fixedCases('mvMqttReadConnectResponse', withConnectResponse),
  ...fixedCases('mvMqttReadPublishResponse', withPublishResponse),
  ...fixedCases('mvMqttReadDisconnectResponse', withDisconnectResponse),
  ...codesCases('mvMqttReadSubscribeResponse', withSubscribeResponse),
  ...codesCases('mvMqttReadUnsubscribeResponse', withUnsubscribeResponse),
  ...handleCases('mvMqttReceiveMessage', true),
  ...cases('mvMqttReceiveMessage', [
    [
      'OKAY',
      'with room for topic and payload',
      (rig) => rig.call('mvMqttReceiveMessage', withMessage(rig), messageOut(rig).address),
    ],
    [
      'INVALIDBUFFERSIZE',
      'when the topic does not fit',
      (rig) => rig.call('mvMqttReceiveMessage', withMessage(rig), messageOut(rig, 4).address),
    ],
    [
      'INVALIDBUFFERSIZE',
      'when the payload does not fit',
      (rig) => rig.call('mvMqttReceiveMessage', withMessage(rig), messageOut(rig, 64, 6).address),
    ],
    [
      'PARAMETERFAULT',
      'when there is no message',
      (rig) => rig.call('mvMqttReceiveMessage', rig.connected(), messageOut(rig).address),
    ],
    ...[0, 4, 12, 16, 24, 28, 32].map(
      (offset): Short => [
        'LATEFAULT',
        `for a bad pointer at offset ${offset}`,
        (rig) => broken(rig, 'mvMqttReceiveMessage', withMessage(rig), messageOut(rig).address, offset),
      ],
    ),
  ]),
  ...handleCases('mvMqttReceiveLostMessageInfo', true),
  ...cases('mvMqttReceiveLostMessageInfo', [
    [
      'OKAY',
      'after a message was lost',
      (rig) => rig.call('mvMqttReceiveLostMessageInfo', withLostMessage(rig), lostOut(rig).address),
    ],
    [
      'INVALIDBUFFERSIZE',
      'when the topic does not fit',
      (rig) => rig.call('mvMqttReceiveLostMessageInfo', withLostMessage(rig), lostOut(rig, 4).address),
    ],
    [
      'PARAMETERFAULT',
      'when no message was lost',
      (rig) => rig.call('mvMqttReceiveLostMessageInfo', rig.connected(), lostOut(rig).address),
    ],
    ...[0, 4, 12, 16].map(
      (offset): Short => [
        'LATEFAULT',
        `for a bad pointer at offset ${offset}`,
        (rig) => broken(rig, 'mvMqttReceiveLostMessageInfo', withLostMessage(rig), lostOut(rig).address, offset),
      ],
    ),
  ]),
];
