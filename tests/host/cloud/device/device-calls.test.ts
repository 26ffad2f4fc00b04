import { request } from 'node:http';
import { describe, expect, it } from 'vitest';
import { ACCOUNT_SID, AUTH_TOKEN, DEVICE, SID } from '../cloud-rig.js';
import { tinyModule } from '../stores/modules.js';
import { openDeviceCloud } from './device-rig.js';

const OTHER_SID = `UV${'f'.repeat(32)}`;
const never = new AbortController().signal;

async function open(options?: Parameters<typeof openDeviceCloud>[1]) {
  const opened = await openDeviceCloud('far', options);
  const ask = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const response = await fetch(`${opened.cloud.url}/device/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${opened.key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body: typeof body === 'string' || body === undefined ? body : JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, text, json: text === '' ? undefined : JSON.parse(text) };
  };
  return { ...opened, ask };
}

describe('the calls of devices', () => {
  it('want a device key, and no other credentials', async () => {
    const { ask, key } = await open();
    const basic = `Basic ${btoa(`${ACCOUNT_SID}:${AUTH_TOKEN}`)}`;
    const wrong = `Bearer ${key.slice(0, -2)}xx`;
    for (const authorization of ['', basic, 'Bearer', wrong, `Basic ${btoa(`${SID}:${key}`)}`]) {
      const { status, json } = await ask('GET', '/wanted', undefined, { authorization });
      expect(status).toBe(401);
      expect(json).toMatchObject({ status: 401, message: expect.stringContaining('device key') });
    }
  });

  it('are all that a device key opens', async () => {
    const { cloud, key } = await open();
    for (const path of ['/v1/Configs', `/v1/Devices/${SID}/Configs`, '/device/v1/none']) {
      const response = await fetch(`${cloud.url}${path}`, { headers: { authorization: `Bearer ${key}` } });
      expect(response.status).toBe(401);
    }
  });

  it('are closed to a key that was deleted', async () => {
    const { ask, store } = await open();
    expect((await ask('GET', '/wanted')).status).toBe(200);
    const keys = store.deviceKeys(ACCOUNT_SID);
    await keys.delete(SID, (await keys.list(SID))[0].id);
    expect((await ask('GET', '/wanted')).status).toBe(401);
  });

  it('have values of the device and the account, secrets too, and of no other device', async () => {
    const { service, values } = await open();
    await values.create({ kind: 'account' }, 'secrets', 'k', 'of the account');
    await values.create(DEVICE, 'secrets', 'k', 'of the device');
    await values.create({ kind: 'device', deviceSid: OTHER_SID }, 'secrets', 'other', 'of another');
    expect(
      await service.fetch([
        { scope: 'account', store: 'secret', key: 'k' },
        { scope: 'device', store: 'secret', key: 'k' },
        { scope: 'device', store: 'secret', key: 'other' },
        { scope: 'device', store: 'config', key: 'n\u00f6' },
      ]),
    ).toEqual([
      { result: 'ok', value: 'of the account' },
      { result: 'ok', value: 'of the device' },
      { result: 'keyNotFound' },
      { result: 'keyNotFound' },
    ]);
  });

  it('have the application that the device is to run, and no other', async () => {
    const { service, apps, devices } = await open();
    const [wanted, other] = [await apps.create(tinyModule('wanted')), await apps.create(tinyModule('other'))];
    expect(await service.application(wanted.sha256)).toBeUndefined();
    await devices.update(SID, { targetApp: wanted.sid });
    expect(await service.application(wanted.sha256)).toEqual(Buffer.from(tinyModule('wanted')));
    expect(await service.application(other.sha256)).toBeUndefined();
  });

  it('take a delivery of log lines once, and none while logging is turned off', async () => {
    const { service, logs, devices } = await open();
    const delivery = { source: 'run', number: 1, lines: [{ date: new Date(), text: 'one' }] };
    await service.log(delivery);
    await service.log(delivery);
    await devices.update(SID, { loggingEnabled: false });
    await service.log({ ...delivery, number: 2 });
    expect((await logs.read(SID)).map(({ text }) => text)).toEqual(['one']);
  });

  it.each([
    ['POST', '/fetch', undefined],
    ['POST', '/fetch', '{"items":'],
    ['POST', '/fetch', { items: [{ scope: 'device', store: 'config' }] }],
    ['POST', '/fetch', { items: Array.from({ length: 65 }, () => ({ scope: 'device', store: 'config', key: 'k' })) }],
    ['POST', '/report', { running: { sid: 'x' } }],
    ['POST', '/report', {}],
    ['POST', '/report', { failed: { sha256: '0'.repeat(64) } }],
    ['POST', '/report', { failed: { sha256: 'x' }, reason: 'not-a-guest' }],
    ['POST', '/log', { source: '', number: 1, lines: [] }],
    ['POST', '/log', { source: 's', number: 0, lines: [] }],
    ['POST', '/log', { source: 's', number: 1, lines: [{ date: -1, text: '' }] }],
    ['GET', '/wanted?known=-1', undefined],
    ['GET', '/wanted?known=x', undefined],
    ['GET', '/applications/xyz', undefined],
  ])('refuse what is malformed: %s %s %j', async (method, path, body) => {
    const { ask } = await open();
    const { status, json } = await ask(method, path, body);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
    expect(json).toMatchObject({ status, message: expect.any(String) });
  });
});

describe('a device that waits for what is wanted of it', () => {
  it('is answered at once when it does not know it, and else when it changes', async () => {
    const { service, devices } = await open();
    expect(await service.wanted(undefined, never)).toEqual({
      version: 0,
      application: undefined,
      restarts: 0,
      logging: true,
    });
    const waiting = service.wanted(0, never);
    await devices.update(OTHER_SID, { restartApp: true });
    await devices.update(SID, { uniqueName: 'pump' });
    await devices.update(SID, { restartApp: true });
    expect(await waiting).toMatchObject({ version: 1, restarts: 1 });
  });

  it('is answered when its time is up', async () => {
    const { service } = await open({ deviceWait: 20 });
    expect(await service.wanted(0, never)).toMatchObject({ version: 0 });
  });

  it('is answered when the server closes, which does not wait for it', async () => {
    const { service, cloud } = await open();
    const waiting = service.wanted(0, never);
    // What is answered after it was asked after it.
    await service.fetch([]);
    await cloud.close();
    expect(await waiting).toMatchObject({ version: 0 });
  });

  it('is forgotten when it goes away', async () => {
    const { cloud, key, store } = await open();
    const sent = request(`${cloud.url}/device/v1/wanted?known=0`, { headers: { authorization: `Bearer ${key}` } });
    const closed = new Promise((resolve) => sent.on('close', resolve));
    sent.on('error', () => {});
    sent.end();
    const subscribed = new Promise<void>((resolve) => {
      const { subscribe } = store.changes;
      store.changes.subscribe = (...args) => {
        const end = subscribe.apply(store.changes, args);
        sent.destroy();
        return () => {
          end();
          resolve();
        };
      };
    });
    await closed;
    await subscribed;
  });
});
