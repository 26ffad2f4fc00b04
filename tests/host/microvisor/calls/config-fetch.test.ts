import { describe, expect, it } from 'vitest';
import {
  MvChannelType,
  MvConfigFetchResult,
  MvConfigKeyFetchResult,
  MvConfigKeyFetchScope,
  MvConfigKeyFetchStore,
  MvEventType,
} from '../../../../build/abi/microvisor.js';
import type { ConfigItem } from '../../../../host/microvisor/index.js';
import { configFetch } from '../cases/config-fetch.js';
import { statusTests } from '../cases/status-tests.js';
import { fetchParams, itemParams } from '../rig/config-structures.js';
import { Rig, TAG } from '../rig/rig.js';

const { CONFIGFETCH } = MvChannelType;

describe('config fetch', () => {
  statusTests(configFetch);

  const fetch = async (items: ConfigItem[]) =>
    items.map(({ key }) =>
      key === 'absent'
        ? ({ result: 'keyNotFound' } as const)
        : key === 'broken'
          ? ({ result: 'serverError' } as const)
          : ({ result: 'ok', value: `value of ${key}` } as const),
    );

  const start = async (rig: Rig, keys: Parameters<typeof fetchParams>[1]) => {
    const channel = rig.channel(CONFIGFETCH);
    rig.ok('mvSendConfigFetchRequest', channel, fetchParams(rig, keys));
    expect(rig.news()).toEqual([]);
    await rig.settle();
    return channel;
  };

  it('answers with one notification and one result for each key', async () => {
    const rig = new Rig({ fetch });
    const channel = await start(rig, [{ key: 'broker-host' }, { key: 'absent' }, { key: 'broken' }]);
    expect(rig.news()).toEqual([{ eventType: MvEventType.CHANNELDATAREADABLE, tag: TAG }]);
    const data = rig.alloc(8);
    rig.ok('mvReadConfigFetchResponseData', channel, data);
    expect([rig.u32(data), rig.u32(data + 4)]).toEqual([MvConfigFetchResult.OK, 3]);
    const read = (index: number) => {
      const out = itemParams(rig, index);
      rig.ok('mvReadConfigResponseItem', channel, out.address);
      return [rig.u32(out.result), rig.text(out.data, rig.u32(out.length))];
    };
    expect([read(0), read(1), read(2)]).toEqual([
      [MvConfigKeyFetchResult.OK, 'value of broker-host'],
      [MvConfigKeyFetchResult.KEYNOTFOUND, ''],
      [MvConfigKeyFetchResult.SERVERERROR, ''],
    ]);
  });

  it('asks the source for the scope and store of each key, and keeps the values out of its event', async () => {
    let asked: ConfigItem[] = [];
    const rig = new Rig({
      fetch: async (items) => {
        asked = items;
        return items.map(() => ({ result: 'ok', value: 'hush' }));
      },
    });
    const secret = { key: 'private_key', scope: MvConfigKeyFetchScope.ACCOUNT, store: MvConfigKeyFetchStore.SECRET };
    await start(rig, [secret, { key: 'cert' }]);
    expect(asked).toEqual([
      { key: 'private_key', scope: 'account', store: 'secret' },
      { key: 'cert', scope: 'device', store: 'config' },
    ]);
    const keys = asked.map((item) => ({ ...item, result: 'ok' }));
    expect(rig.events).toContainEqual({ event: 'configFetched', keys });
    expect(JSON.stringify(rig.events)).not.toContain('hush');
  });

  it('reports RESPONSETOOLARGE when the values do not fit the receive buffer', async () => {
    const rig = new Rig({ fetch: async () => [{ result: 'ok', value: 'x'.repeat(1025) }] });
    const channel = await start(rig, [{ key: 'big' }]);
    const data = rig.alloc(8);
    rig.ok('mvReadConfigFetchResponseData', channel, data);
    expect([rig.u32(data), rig.u32(data + 4)]).toEqual([MvConfigFetchResult.RESPONSETOOLARGE, 0]);
  });

  it.each([
    ['rejects', async () => Promise.reject(new Error('down'))],
    ['returns too few results', async () => []],
  ])('reports SERVERERROR for every key when the source %s', async (_, failing) => {
    const rig = new Rig({ fetch: failing });
    const channel = await start(rig, [{ key: 'a' }]);
    const out = itemParams(rig, 0);
    rig.ok('mvReadConfigResponseItem', channel, out.address);
    expect(rig.u32(out.result)).toBe(MvConfigKeyFetchResult.SERVERERROR);
  });

  it('ignores the answer when the channel was closed before it', async () => {
    const rig = new Rig({ fetch });
    const channel = rig.channel(CONFIGFETCH);
    rig.ok('mvSendConfigFetchRequest', channel, fetchParams(rig, [{ key: 'a' }]));
    rig.ok('mvCloseChannel', rig.words(channel));
    await rig.settle();
    expect(rig.news()).toEqual([]);
  });
});
