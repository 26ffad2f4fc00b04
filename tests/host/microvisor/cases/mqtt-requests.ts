import type { MvStatus } from '../../../../build/abi/microvisor.js';
import { publishRequest, subscribeRequest, unsubscribeRequest } from '../rig/mqtt-structures.js';
import { Rig } from '../rig/rig.js';
import { OUTSIDE } from '../rig/rig-memory.js';
import { broken, handleCases } from './mqtt-handles.js';
import { type StatusCase, statusCases } from './status-case.js';

const subscribe = (rig: Rig, topics: string[], channel = rig.connected()) =>
  rig.call('mvMqttRequestSubscribe', channel, subscribeRequest(rig, topics));
const unsubscribe = (rig: Rig, topics: string[], channel = rig.connected()) =>
  rig.call('mvMqttRequestUnsubscribe', channel, unsubscribeRequest(rig, topics));
const publish = (rig: Rig, qos = 0, channel = rig.connected()) =>
  rig.call('mvMqttRequestPublish', channel, publishRequest(rig, 'a', 'b', qos));

const twice = (rig: Rig, request: (rig: Rig, topics: string[], channel?: number) => MvStatus) => {
  const channel = rig.connected();
  request(rig, ['a'], channel);
  rig.tick();
  return request(rig, ['b'], channel);
};

const nine = Array.from({ length: 9 }, (_, index) => `topic/${index}`);

export const mqttRequests: StatusCase[] = [
  ...handleCases('mvMqttRequestSubscribe', true),
  ...statusCases('mvMqttRequestSubscribe', [
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
  ...statusCases('mvMqttRequestUnsubscribe', [
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
  ...statusCases('mvMqttRequestPublish', [
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
        rig.tick();
        return publish(rig, 1, channel);
      },
    ],
  ]),
  ...handleCases('mvMqttAcknowledgeMessage', false),
  ...statusCases('mvMqttAcknowledgeMessage', [
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
  ...statusCases('mvMqttRequestDisconnect', [
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
