import { describe, expect, it, onTestFinished } from 'vitest';
import { type CloudService, DeviceLink, HttpCloudService, startCloud } from '../../../../host/cloud/index.js';
import { realClock, type Wanted } from '../../../../host/microvisor/index.js';
import { freePort } from '../../../interop/temporary.js';
import { ACCOUNT_SID, AUTH_TOKEN, openStore, SID } from '../cloud-rig.js';
import { Seen } from './device-rig.js';

/** A store with a cloud over it that can be away, always at the same address, and a link of its device. */
async function open() {
  const store = await openStore();
  const port = await freePort();
  const { key } = await store.deviceKeys(ACCOUNT_SID).create(SID);
  let cloud: Awaited<ReturnType<typeof startCloud>> | undefined;
  const come = async () => {
    cloud = await startCloud({ store, accountSid: ACCOUNT_SID, authToken: AUTH_TOKEN, port });
  };
  const go = async () => {
    await cloud?.close();
    cloud = undefined;
  };
  const notices = new Seen<string>();
  const link = linkOver(new HttpCloudService(`http://127.0.0.1:${port}`, key), notices);
  onTestFinished(async () => {
    await link.close();
    await go();
  });
  return { store, link, notices, come, go, logs: store.logs(ACCOUNT_SID), devices: store.devices(ACCOUNT_SID) };
}

function linkOver(service: CloudService, notices = new Seen<string>()): DeviceLink {
  return new DeviceLink(service, {
    clock: realClock,
    backOff: { first: 2, most: 10 },
    logDelay: 1,
    onNotice: (text) => notices.add(text),
  });
}

const AWAY = /^the cloud is away, the device goes on: .*cannot be reached/;
const BACK = 'the cloud is there again';

describe('a link whose cloud is away', () => {
  it('says so once, and goes on when it is there again: what is wanted, reports and log lines', async () => {
    const { link, notices, come, go, logs, devices } = await open();
    const wanted = new Seen<Wanted>();
    link.watch((news) => wanted.add(news));
    await notices.first((text) => AWAY.test(text));
    link.report({ running: { sid: `KA${'1'.repeat(32)}`, sha256: '2'.repeat(64) } });
    link.log('while it is away');
    await come();
    await wanted.first(({ restarts }) => restarts === 0);
    const end = new AbortController();
    for await (const [line] of logs.follow(SID, {}, end.signal)) {
      expect(line.text).toBe('while it is away');
      end.abort();
    }
    expect((await devices.fetch(SID)).reported?.sha256).toBe('2'.repeat(64));
    await notices.first((text) => text === BACK);

    await go();
    await devices.update(SID, { restartApp: true });
    await come();
    await wanted.first(({ restarts }) => restarts === 1);
    expect(notices.all.filter((text) => AWAY.test(text)).length).toBeLessThanOrEqual(2);
    expect(wanted.all).toHaveLength(2);
  });

  it('answers a fetch of values with server errors', async () => {
    const { link } = await open();
    const items = [{ scope: 'device', store: 'config', key: 'k' } as const];
    expect(await link.fetch(items)).toEqual([{ result: 'serverError' }]);
  });

  it('keeps the newest of many lines, and says how many were lost', async () => {
    const { link, notices, come, logs } = await open();
    link.log('first');
    await notices.first((text) => AWAY.test(text));
    for (let line = 1; line <= 5000; line++) link.log(`line ${line}`);
    await come();
    const texts: string[] = [];
    const end = new AbortController();
    for await (const lines of logs.follow(SID, {}, end.signal)) {
      texts.push(...lines.map(({ text }) => text));
      if (texts.at(-1) === 'line 5000') end.abort();
    }
    expect(texts[0]).toBe('first');
    const [, lost] = /^(\d+) lines were lost/.exec(texts[1]) ?? [];
    expect(Number(lost)).toBeGreaterThan(2900);
    expect(texts.slice(2)).toEqual(
      Array.from({ length: 5000 - Number(lost) }, (_, i) => `line ${Number(lost) + i + 1}`),
    );
  });

  it('does not keep who closes it waiting', async () => {
    const { link, notices } = await open();
    link.log('nobody hears it');
    link.watch(() => {});
    await notices.first((text) => AWAY.test(text));
    const begin = performance.now();
    await link.close();
    expect(performance.now() - begin).toBeLessThan(1000);
  });

  it('tells of a key that is not accepted', async () => {
    const { store, come } = await open();
    await come();
    const notices = new Seen<string>();
    const keys = store.deviceKeys(ACCOUNT_SID);
    const { key, id } = await keys.create(SID);
    await keys.delete(SID, id);
    const cloud = await startCloud({ store, accountSid: ACCOUNT_SID, authToken: AUTH_TOKEN });
    onTestFinished(() => cloud.close());
    const link = linkOver(new HttpCloudService(cloud.url, key), notices);
    onTestFinished(() => link.close());
    link.watch(() => {});
    expect(await notices.first(() => true)).toContain('does not accept the device key');
  });
});

describe('closing a link', () => {
  it('delivers what waits', async () => {
    const { link, come, logs } = await open();
    await come();
    for (let line = 0; line < 500; line++) link.log(`line ${line}`);
    await link.close();
    expect(await logs.read(SID)).toHaveLength(500);
  });
});
