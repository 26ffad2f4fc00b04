import {
  MvChannelType,
  MvConfigKeyFetchParamsLayout,
  MvConfigKeyFetchScope,
  MvConfigKeyFetchStore,
  MvConfigKeyToFetchLayout,
  MvConfigResponseReadItemParamsLayout,
  type MvOpenChannelParams,
  type MvStatus,
  writeMvConfigKeyFetchParams,
  writeMvConfigKeyToFetch,
  writeMvConfigResponseReadItemParams,
} from '../../../../build/abi/microvisor.js';
import { OUTSIDE, Rig } from '../rig/rig.js';
import type { StatusCase } from './status-case.js';

const { MQTT, CONFIGFETCH, HTTP, OPAQUEBYTES } = MvChannelType;
const open = (rig: Rig, overrides: Partial<MvOpenChannelParams> = {}, type: number = MQTT) =>
  rig.call('mvOpenChannel', rig.channelParams(type, overrides), rig.words(0));

const openCases: [keyof typeof MvStatus, string, (rig: Rig) => MvStatus][] = [
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
  ['UNAVAILABLE', 'for HTTP, which is not offered yet', (rig) => open(rig, {}, HTTP)],
  ['UNAVAILABLE', 'for opaque bytes, which are not offered', (rig) => open(rig, {}, OPAQUEBYTES)],
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
];

export const channels: StatusCase[] = [
  ...openCases.map(([status, when, run]): StatusCase => ({ call: 'mvOpenChannel', status, when, run })),
  {
    call: 'mvCloseChannel',
    status: 'OKAY',
    when: 'for an open channel',
    run: (rig) => rig.call('mvCloseChannel', rig.words(rig.channel())),
  },
  {
    call: 'mvCloseChannel',
    status: 'OKAY',
    when: 'for a channel that the kernel closed',
    run: (rig) => rig.call('mvCloseChannel', rig.words(rig.closedChannel())),
  },
  {
    call: 'mvCloseChannel',
    status: 'PARAMETERFAULT',
    when: 'for a null pointer',
    run: (rig) => rig.call('mvCloseChannel', 0),
  },
  {
    call: 'mvCloseChannel',
    status: 'INVALIDHANDLE',
    when: 'for zero',
    run: (rig) => rig.call('mvCloseChannel', rig.words(0)),
  },
  {
    call: 'mvCloseChannel',
    status: 'INVALIDHANDLE',
    when: 'for a network handle',
    run: (rig) => rig.call('mvCloseChannel', rig.words(rig.network())),
  },
  {
    call: 'mvGetChannelClosureReason',
    status: 'OKAY',
    when: 'for an open channel',
    run: (rig) => rig.call('mvGetChannelClosureReason', rig.channel(), rig.words(0)),
  },
  {
    call: 'mvGetChannelClosureReason',
    status: 'PARAMETERFAULT',
    when: 'for a null pointer',
    run: (rig) => rig.call('mvGetChannelClosureReason', rig.channel(), 0),
  },
  {
    call: 'mvGetChannelClosureReason',
    status: 'INVALIDHANDLE',
    when: 'for an unknown handle',
    run: (rig) => rig.call('mvGetChannelClosureReason', 99, rig.words(0)),
  },
];

export interface Key {
  key: string;
  scope?: number;
  store?: number;
}

/** struct MvConfigKeyFetchParams with its keys. */
export function fetchParams(rig: Rig, keys: Key[]): number {
  const list = rig.alloc(keys.length * MvConfigKeyToFetchLayout.SIZE || 1);
  for (const [index, { key, scope, store }] of keys.entries()) {
    writeMvConfigKeyToFetch(rig.view, list + index * MvConfigKeyToFetchLayout.SIZE, {
      scope: scope ?? MvConfigKeyFetchScope.DEVICE,
      store: store ?? MvConfigKeyFetchStore.CONFIG,
      key: rig.put(key),
    });
  }
  const address = rig.alloc(MvConfigKeyFetchParamsLayout.SIZE);
  writeMvConfigKeyFetchParams(rig.view, address, { numItems: keys.length, keysToFetch: list });
  return address;
}

/** struct MvConfigResponseReadItemParams over fresh memory. */
export function itemParams(rig: Rig, itemIndex: number, size = 64) {
  const out = { result: rig.words(0xee), data: rig.alloc(size), length: rig.words(0xee) };
  const address = rig.alloc(MvConfigResponseReadItemParamsLayout.SIZE);
  const buf = { data: out.data, size, length: out.length };
  writeMvConfigResponseReadItemParams(rig.view, address, { itemIndex, result: out.result, buf });
  return { address, ...out };
}

const send = (rig: Rig, keys: Key[], channel = rig.channel(CONFIGFETCH)) =>
  rig.call('mvSendConfigFetchRequest', channel, fetchParams(rig, keys));

const valueRig = () => new Rig({ fetch: async (items) => items.map(() => ({ result: 'ok', value: 'value' })) });

async function answered(rig: Rig): Promise<number> {
  const channel = rig.channel(CONFIGFETCH);
  send(rig, [{ key: 'a' }], channel);
  await rig.settle();
  return channel;
}

const brokenItem = async (rig: Rig, offset: number, value: number) => {
  const channel = await answered(rig);
  const { address } = itemParams(rig, 0);
  rig.view.setUint32(address + offset, value, true);
  return rig.call('mvReadConfigResponseItem', channel, address);
};

const sendCases: [keyof typeof MvStatus, string, (rig: Rig) => MvStatus][] = [
  ['OKAY', 'for one key', (rig) => send(rig, [{ key: 'broker-host' }])],
  ['OKAY', 'for a key of 100 characters', (rig) => send(rig, [{ key: 'k'.repeat(100) }])],
  [
    'PARAMETERFAULT',
    'for a null structure',
    (rig) => rig.call('mvSendConfigFetchRequest', rig.channel(CONFIGFETCH), 0),
  ],
  ['INVALIDHANDLE', 'for zero', (rig) => send(rig, [{ key: 'a' }], 0)],
  ['INVALIDHANDLE', 'for an MQTT channel', (rig) => send(rig, [{ key: 'a' }], rig.channel(MQTT))],
  ['CHANNELCLOSED', 'when the network went away', (rig) => send(rig, [{ key: 'a' }], rig.closedChannel(CONFIGFETCH))],
  [
    'INVALIDBUFFERSIZE',
    'when the keys do not fit the send buffer',
    (rig) => send(rig, Array(6).fill({ key: 'k'.repeat(90) })),
  ],
  ['TOOMANYCONFIGKEYS', 'for 33 keys', (rig) => send(rig, Array(33).fill({ key: 'a' }))],
  ['UNKNOWNCONFIGSCOPE', 'for scope 2', (rig) => send(rig, [{ key: 'a', scope: 2 }])],
  ['UNKNOWNCONFIGSTORE', 'for store 2', (rig) => send(rig, [{ key: 'a', store: 2 }])],
  ['INVALIDCONFIGKEY', 'for an empty key', (rig) => send(rig, [{ key: '' }])],
  ['INVALIDCONFIGKEY', 'for 101 characters', (rig) => send(rig, [{ key: 'k'.repeat(101) }])],
  ['INVALIDCONFIGKEY', 'for a character outside printable ASCII', (rig) => send(rig, [{ key: 'clé' }])],
  [
    'REQUESTALREADYSENT',
    'for a second request',
    (rig) => {
      const channel = rig.channel(CONFIGFETCH);
      send(rig, [{ key: 'a' }], channel);
      return send(rig, [{ key: 'b' }], channel);
    },
  ],
  [
    'LATEFAULT',
    'for a bad pointer to the keys',
    (rig) => {
      const address = fetchParams(rig, [{ key: 'a' }]);
      rig.view.setUint32(address + 4, OUTSIDE, true);
      return rig.call('mvSendConfigFetchRequest', rig.channel(CONFIGFETCH), address);
    },
  ],
  [
    'LATEFAULT',
    'for a bad pointer to a key',
    (rig) => {
      const address = fetchParams(rig, [{ key: 'a' }]);
      rig.view.setUint32(rig.u32(address + 4) + 8, OUTSIDE, true);
      return rig.call('mvSendConfigFetchRequest', rig.channel(CONFIGFETCH), address);
    },
  ],
];

const readData = (rig: Rig, channel: number, out = rig.alloc(8)) =>
  rig.call('mvReadConfigFetchResponseData', channel, out);
const readItem = (rig: Rig, channel: number, index = 0, size = 64) =>
  rig.call('mvReadConfigResponseItem', channel, itemParams(rig, index, size).address);

export const configFetch: StatusCase[] = [
  ...sendCases.map(([status, when, run]): StatusCase => ({ call: 'mvSendConfigFetchRequest', status, when, run })),
  {
    call: 'mvReadConfigFetchResponseData',
    status: 'OKAY',
    when: 'after the response',
    run: async (rig) => readData(rig, await answered(rig)),
  },
  {
    call: 'mvReadConfigFetchResponseData',
    status: 'PARAMETERFAULT',
    when: 'for a null pointer',
    run: async (rig) => readData(rig, await answered(rig), 0),
  },
  {
    call: 'mvReadConfigFetchResponseData',
    status: 'PARAMETERFAULT',
    when: 'before the response',
    run: (rig) => readData(rig, rig.channel(CONFIGFETCH)),
  },
  {
    call: 'mvReadConfigFetchResponseData',
    status: 'PARAMETERFAULT',
    when: 'for a handle that is none',
    run: (rig) => readData(rig, 5),
  },
  {
    call: 'mvReadConfigFetchResponseData',
    status: 'CHANNELCLOSED',
    when: 'when the network went away',
    run: (rig) => readData(rig, rig.closedChannel(CONFIGFETCH)),
  },
  {
    call: 'mvReadConfigResponseItem',
    status: 'OKAY',
    when: 'for the first item',
    rig: valueRig,
    run: async (rig) => readItem(rig, await answered(rig)),
  },
  {
    call: 'mvReadConfigResponseItem',
    status: 'INDEXINVALID',
    when: 'past the last item',
    rig: valueRig,
    run: async (rig) => readItem(rig, await answered(rig), 1),
  },
  {
    call: 'mvReadConfigResponseItem',
    status: 'RESPONSENOTPRESENT',
    when: 'before the response',
    run: (rig) => readItem(rig, rig.channel(CONFIGFETCH)),
  },
  {
    call: 'mvReadConfigResponseItem',
    status: 'INVALIDHANDLE',
    when: 'for an MQTT channel',
    run: (rig) => readItem(rig, rig.channel(MQTT)),
  },
  {
    call: 'mvReadConfigResponseItem',
    status: 'CHANNELCLOSED',
    when: 'when the network went away',
    run: (rig) => readItem(rig, rig.closedChannel(CONFIGFETCH)),
  },
  {
    call: 'mvReadConfigResponseItem',
    status: 'PARAMETERFAULT',
    when: 'for a null structure',
    run: (rig) => rig.call('mvReadConfigResponseItem', rig.channel(CONFIGFETCH), 0),
  },
  {
    call: 'mvReadConfigResponseItem',
    status: 'PARAMETERFAULT',
    when: 'for a value that does not fit',
    rig: valueRig,
    run: async (rig) => readItem(rig, await answered(rig), 0, 4),
  },
  {
    call: 'mvReadConfigResponseItem',
    status: 'PARAMETERFAULT',
    when: 'for a bad result pointer',
    rig: valueRig,
    run: (rig) => brokenItem(rig, 4, 0),
  },
  {
    call: 'mvReadConfigResponseItem',
    status: 'PARAMETERFAULT',
    when: 'for a bad data pointer',
    rig: valueRig,
    run: (rig) => brokenItem(rig, 8, OUTSIDE),
  },
  {
    call: 'mvReadConfigResponseItem',
    status: 'PARAMETERFAULT',
    when: 'for a bad length pointer',
    rig: valueRig,
    run: (rig) => brokenItem(rig, 16, 2),
  },
];
