import { MvChannelType } from '../../../../build/abi/microvisor.js';
import { fetchParams, itemParams, type Key } from '../rig/config-structures.js';
import { Rig } from '../rig/rig.js';
import { OUTSIDE } from '../rig/rig-memory.js';
import { type StatusCase, statusCases } from './status-case.js';

const { MQTT, CONFIGFETCH } = MvChannelType;
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
const readData = (rig: Rig, channel: number, out = rig.alloc(8)) =>
  rig.call('mvReadConfigFetchResponseData', channel, out);
const readItem = (rig: Rig, channel: number, index = 0, size = 64) =>
  rig.call('mvReadConfigResponseItem', channel, itemParams(rig, index, size).address);

export const configFetch: StatusCase[] = [
  ...statusCases('mvSendConfigFetchRequest', [
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
  ]),
  ...statusCases('mvReadConfigFetchResponseData', [
    ['OKAY', 'after the response', async (rig) => readData(rig, await answered(rig))],
    ['PARAMETERFAULT', 'for a null pointer', async (rig) => readData(rig, await answered(rig), 0)],
    ['PARAMETERFAULT', 'before the response', (rig) => readData(rig, rig.channel(CONFIGFETCH))],
    ['PARAMETERFAULT', 'for an unknown handle', (rig) => readData(rig, 5)],
    ['CHANNELCLOSED', 'when the network went away', (rig) => readData(rig, rig.closedChannel(CONFIGFETCH))],
  ]),
  ...statusCases('mvReadConfigResponseItem', [
    ['OKAY', 'for the first item', async (rig) => readItem(rig, await answered(rig)), valueRig],
    ['INDEXINVALID', 'past the last item', async (rig) => readItem(rig, await answered(rig), 1), valueRig],
    ['RESPONSENOTPRESENT', 'before the response', (rig) => readItem(rig, rig.channel(CONFIGFETCH))],
    ['INVALIDHANDLE', 'for an MQTT channel', (rig) => readItem(rig, rig.channel(MQTT))],
    ['CHANNELCLOSED', 'when the network went away', (rig) => readItem(rig, rig.closedChannel(CONFIGFETCH))],
    [
      'PARAMETERFAULT',
      'for a null structure',
      (rig) => rig.call('mvReadConfigResponseItem', rig.channel(CONFIGFETCH), 0),
    ],
    [
      'PARAMETERFAULT',
      'for a value that does not fit',
      async (rig) => readItem(rig, await answered(rig), 0, 4),
      valueRig,
    ],
    ['PARAMETERFAULT', 'for a bad result pointer', (rig) => brokenItem(rig, 4, 0), valueRig],
    ['PARAMETERFAULT', 'for a bad data pointer', (rig) => brokenItem(rig, 8, OUTSIDE), valueRig],
    ['PARAMETERFAULT', 'for a bad length pointer', (rig) => brokenItem(rig, 16, 2), valueRig],
  ]),
];
