import type { SystemCallName } from '../../../../build/abi/microvisor.js';
import {
  arrive,
  codesResponse,
  lostOut,
  messageOut,
  publishRequest,
  subscribed,
  unsubscribed,
} from '../rig/mqtt-structures.js';
import type { Rig } from '../rig/rig.js';
import { broken, handleCases } from './mqtt-handles.js';
import { type StatusCase, type StatusRow, statusCases } from './status-case.js';

const withConnectResponse = (rig: Rig): number => {
  const channel = rig.channel();
  rig.ok('mvMqttRequestConnect', channel, rig.connectRequest({ port: 0 }));
  rig.tick();
  return channel;
};
const withPublishResponse = (rig: Rig): number => {
  const channel = rig.connected();
  rig.ok('mvMqttRequestPublish', channel, publishRequest(rig, 'a', 'b'));
  rig.tick();
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
  ...statusCases(call, [
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
      (offset): StatusRow => [
        'LATEFAULT',
        `for a bad pointer at offset ${offset}`,
        (rig) => broken(rig, call, ready(rig), codesResponse(rig).address, offset),
      ],
    ),
  ]),
];

const fixedCases = (call: SystemCallName, ready: (rig: Rig) => number): StatusCase[] => [
  ...handleCases(call, true),
  ...statusCases(call, [
    ['OKAY', 'for a response that is there', (rig) => rig.call(call, ready(rig), rig.alloc(12))],
    ['PARAMETERFAULT', 'when there is no such response', (rig) => rig.call(call, rig.connected(), rig.alloc(12))],
  ]),
];

export const mqttResponses: StatusCase[] = [
  ...handleCases('mvMqttGetNextReadableDataType', true),
  ...statusCases('mvMqttGetNextReadableDataType', [
    ['OKAY', 'with nothing to read', (rig) => rig.call('mvMqttGetNextReadableDataType', rig.connected(), rig.words(0))],
  ]),
  ...fixedCases('mvMqttReadConnectResponse', withConnectResponse),
  ...fixedCases('mvMqttReadPublishResponse', withPublishResponse),
  ...fixedCases('mvMqttReadDisconnectResponse', withDisconnectResponse),
  ...codesCases('mvMqttReadSubscribeResponse', withSubscribeResponse),
  ...codesCases('mvMqttReadUnsubscribeResponse', withUnsubscribeResponse),
  ...handleCases('mvMqttReceiveMessage', true),
  ...statusCases('mvMqttReceiveMessage', [
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
      (offset): StatusRow => [
        'LATEFAULT',
        `for a bad pointer at offset ${offset}`,
        (rig) => broken(rig, 'mvMqttReceiveMessage', withMessage(rig), messageOut(rig).address, offset),
      ],
    ),
  ]),
  ...handleCases('mvMqttReceiveLostMessageInfo', true),
  ...statusCases('mvMqttReceiveLostMessageInfo', [
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
      (offset): StatusRow => [
        'LATEFAULT',
        `for a bad pointer at offset ${offset}`,
        (rig) => broken(rig, 'mvMqttReceiveLostMessageInfo', withLostMessage(rig), lostOut(rig).address, offset),
      ],
    ),
  ]),
];
