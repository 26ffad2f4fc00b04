import { MvChannelType, type MvOpenChannelParams } from '../../../../build/abi/microvisor.js';
import { Rig } from '../rig/rig.js';
import { type StatusCase, statusCases } from './status-case.js';

const { MQTT, CONFIGFETCH, HTTP, OPAQUEBYTES } = MvChannelType;
const open = (rig: Rig, overrides: Partial<MvOpenChannelParams> = {}, type: number = MQTT) =>
  rig.call('mvOpenChannel', rig.channelParams(type, overrides), rig.words(0));

export const channels: StatusCase[] = [
  ...statusCases('mvOpenChannel', [
    ['OKAY', 'for MQTT', (rig) => open(rig)],
    ['OKAY', 'for a config fetch', (rig) => open(rig, {}, CONFIGFETCH)],
    ['PARAMETERFAULT', 'for a null structure', (rig) => rig.call('mvOpenChannel', 0, rig.words(0))],
    [
      'PARAMETERFAULT',
      'for a misaligned structure',
      (rig) => rig.call('mvOpenChannel', rig.channelParams(MQTT) + 2, rig.words(0)),
    ],
    ['PARAMETERFAULT', 'for a null handle pointer', (rig) => rig.call('mvOpenChannel', rig.channelParams(MQTT), 0)],
    ['PARAMETERFAULT', 'for version 2', (rig) => open(rig, { version: 2 })],
    ['PARAMETERFAULT', 'for a receive buffer outside memory', (rig) => open(rig, { receiveBuffer: 0x7fff_fe00 })],
    ['PARAMETERFAULT', 'for a null send buffer', (rig) => open(rig, { sendBuffer: 0 })],
    ['INVALIDHANDLE', 'for notification handle zero', (rig) => open(rig, { notificationHandle: 0 })],
    [
      'INVALIDHANDLE',
      'for a network handle as notification handle',
      (rig) => open(rig, { notificationHandle: rig.network() }),
    ],
    ['INVALIDHANDLE', 'for an unknown network handle', (rig) => open(rig, { networkHandle: 12 })],
    [
      'INVALIDBUFFERALIGNMENT',
      'for a receive buffer off 512',
      (rig) => open(rig, { receiveBuffer: rig.buffer(2048) + 16 }),
    ],
    ['INVALIDBUFFERALIGNMENT', 'for a send buffer off 512', (rig) => open(rig, { sendBuffer: rig.buffer(2048) + 256 })],
    ['INVALIDBUFFERSIZE', 'for 500 bytes to receive', (rig) => open(rig, { receiveBufferLen: 500 })],
    ['INVALIDBUFFERSIZE', 'for no bytes to send', (rig) => open(rig, { sendBufferLen: 0 })],
    ['UNKNOWNCHANNELTYPE', 'for type 4', (rig) => open(rig, {}, 4)],
    ['UNKNOWNCHANNELENDPOINT', 'for an endpoint by name', (rig) => open(rig, { endpoint: rig.put('elsewhere') })],
    ['OKAY', 'for HTTP', (rig) => open(rig, {}, HTTP)],
    ['UNKNOWNCHANNELENDPOINT', 'for opaque bytes without an endpoint', (rig) => open(rig, {}, OPAQUEBYTES)],
    [
      'UNKNOWNCHANNELENDPOINT',
      'for a name of 65 bytes',
      (rig) => open(rig, { endpoint: rig.put('e'.repeat(65)) }, OPAQUEBYTES),
    ],
    ['PARAMETERFAULT', 'for an endpoint outside memory', (rig) => open(rig, { endpoint: { data: 0, length: 3 } })],
    [
      'INVALIDBUFFERSIZE',
      'for more than the limit',
      (rig) => open(rig, { receiveBuffer: rig.buffer(1536), receiveBufferLen: 1536 }),
      () => new Rig({ limits: { channelBuffer: 1024 } }),
    ],
    [
      'NETWORKNOTCONNECTED',
      'before the network is connected',
      (rig) => {
        const out = rig.words(0);
        rig.ok('mvRequestNetwork', rig.networkParams(), out);
        return open(rig, { networkHandle: rig.u32(out) });
      },
    ],
    [
      'TOOMANYCHANNELS',
      'for the fifth channel',
      (rig) => {
        for (let count = 0; count < 4; count++) rig.channel();
        return open(rig);
      },
    ],
    [
      'RATELIMITED',
      'for the ninth channel within a second',
      (rig) => {
        for (let count = 0; count < 8; count++) rig.ok('mvCloseChannel', rig.words(rig.channel()));
        return open(rig);
      },
    ],
  ]),
  ...statusCases('mvCloseChannel', [
    ['OKAY', 'for an open channel', (rig) => rig.call('mvCloseChannel', rig.words(rig.channel()))],
    [
      'OKAY',
      'for a channel that the kernel closed',
      (rig) => rig.call('mvCloseChannel', rig.words(rig.closedChannel())),
    ],
    ['PARAMETERFAULT', 'for a null pointer', (rig) => rig.call('mvCloseChannel', 0)],
    ['INVALIDHANDLE', 'for zero', (rig) => rig.call('mvCloseChannel', rig.words(0))],
    ['INVALIDHANDLE', 'for a network handle', (rig) => rig.call('mvCloseChannel', rig.words(rig.network()))],
  ]),
  ...statusCases('mvGetChannelClosureReason', [
    ['OKAY', 'for an open channel', (rig) => rig.call('mvGetChannelClosureReason', rig.channel(), rig.words(0))],
    ['PARAMETERFAULT', 'for a null pointer', (rig) => rig.call('mvGetChannelClosureReason', rig.channel(), 0)],
    ['INVALIDHANDLE', 'for an unknown handle', (rig) => rig.call('mvGetChannelClosureReason', 99, rig.words(0))],
  ]),
];
