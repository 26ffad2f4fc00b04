import { describe, expect, it } from 'vitest';
import type { Store } from '../../../../host/cloud/index.js';
import { ACCOUNT_SID, DEVICE, openStore, SID, storeError } from '../cloud-rig.js';
import { tinyModule } from './modules.js';

const OTHER_SID = `UV${'f'.repeat(32)}`;
const NOW = 1_609_504_496_789;

async function open() {
  const clock = { now: NOW };
  const store = await openStore(undefined, { now: () => clock.now });
  return { store, clock, devices: store.devices(ACCOUNT_SID) };
}

const sids = async (store: Store) => (await store.devices(ACCOUNT_SID).list()).map(({ sid }) => sid);

describe('a device exists', () => {
  it('not before anything was said of it', async () => {
    const { devices } = await open();
    expect(await devices.list()).toEqual([]);
    expect((await storeError(() => devices.fetch(SID))).code).toBe('not-found');
  });

  it('from its first update, under the one spelling of its SID', async () => {
    const { devices } = await open();
    const device = await devices.update(`UV${SID.slice(2).toUpperCase()}`, {});
    expect(device).toEqual({
      sid: SID,
      uniqueName: undefined,
      target: undefined,
      reported: undefined,
      updateStatus: undefined,
      updateErrorCode: undefined,
      loggingEnabled: true,
      restarts: 0,
      version: 0,
      dateCreated: new Date(NOW),
      dateUpdated: new Date(NOW),
    });
    expect(await devices.list()).toEqual([device]);
  });

  it('from its first value, also when several are written at once', async () => {
    const { store } = await open();
    const values = store.values(ACCOUNT_SID);
    await values.create(DEVICE, 'configs', 'k', 'v');
    await values.write([
      { op: 'set', scope: { kind: 'account' }, store: 'configs', key: 'k', value: 'v' },
      { op: 'set', scope: { kind: 'device', deviceSid: OTHER_SID }, store: 'secrets', key: 'k', value: 'v' },
    ]);
    expect(await sids(store)).toEqual([SID, OTHER_SID]);
  });

  it('from its first report, log line or key', async () => {
    const { store, devices } = await open();
    await devices.report(SID, {});
    await store.logs(ACCOUNT_SID).append(OTHER_SID, [{ date: new Date(NOW), text: 'line' }]);
    const third = `UV${'a'.repeat(32)}`;
    await store.deviceKeys(ACCOUNT_SID).create(third);
    expect(await sids(store)).toEqual([SID, third, OTHER_SID]);
  });

  it('in its own account alone', async () => {
    const { store, devices } = await open();
    await devices.update(SID, { uniqueName: 'pump' });
    const others = store.devices(`AC${'9'.repeat(32)}`);
    expect(await others.list()).toEqual([]);
    expect((await storeError(() => others.fetch('pump'))).code).toBe('not-found');
  });
});

describe('the list of devices', () => {
  it('is in the order of SIDs and comes in parts', async () => {
    const { devices } = await open();
    const all = ['1', '2', '3', '4'].map((digit) => `UV${digit.repeat(32)}`);
    for (const sid of [...all].reverse()) await devices.ensure(sid);
    const listed = async (page: Parameters<typeof devices.list>[0]) => (await devices.list(page)).map(({ sid }) => sid);
    expect(await listed({})).toEqual(all);
    expect(await listed({ limit: 2 })).toEqual(all.slice(0, 2));
    expect(await listed({ after: all[1], limit: 1 })).toEqual([all[2]]);
    expect(await listed({ before: all[3], limit: 2 })).toEqual(all.slice(1, 3));
  });
});

describe('a unique name', () => {
  it('serves wherever a SID does', async () => {
    const { devices } = await open();
    await devices.update(SID, { uniqueName: 'pump 7' });
    expect(await devices.resolve('pump 7')).toBe(SID);
    expect((await devices.fetch('pump 7')).sid).toBe(SID);
    expect((await devices.update('pump 7', { loggingEnabled: false })).loggingEnabled).toBe(false);
  });

  it('belongs to one device of the account', async () => {
    const { devices } = await open();
    await devices.update(SID, { uniqueName: 'pump' });
    const error = await storeError(() => devices.update(OTHER_SID, { uniqueName: 'pump', restartApp: true }));
    expect(error.code).toBe('already-exists');
    expect(error.message).toContain('"pump"');
    expect((await storeError(() => devices.fetch(OTHER_SID))).code).toBe('not-found');
    expect((await devices.update(SID, { uniqueName: 'pump' })).uniqueName).toBe('pump');
  });

  it('is free again when its device has another, or none', async () => {
    const { devices } = await open();
    await devices.update(SID, { uniqueName: 'old' });
    await devices.update('old', { uniqueName: 'new' });
    await devices.update(OTHER_SID, { uniqueName: 'old' });
    expect(await devices.resolve('old')).toBe(OTHER_SID);
    expect((await devices.update('new', { uniqueName: '' })).uniqueName).toBeUndefined();
    expect((await storeError(() => devices.resolve('new'))).code).toBe('not-found');
  });

  it('goes to one of several that ask at once', async () => {
    const { devices } = await open();
    const asked = Array.from({ length: 8 }, (_, index) => `UV${String(index).repeat(32)}`);
    const outcomes = await Promise.allSettled(asked.map((sid) => devices.update(sid, { uniqueName: 'pump' })));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const named = (await devices.list()).filter(({ uniqueName }) => uniqueName === 'pump');
    expect(named.map(({ sid }) => sid)).toEqual([await devices.resolve('pump')]);
  });

  it.each(['a/b', 'a?b', '100%', '#1', ' a', 'a ', '..', 'ümlaut', 'x'.repeat(65), `KA${'0'.repeat(32)}`])(
    'cannot be %j',
    async (uniqueName) => {
      const { devices } = await open();
      expect((await storeError(() => devices.update(SID, { uniqueName }))).code).toBe('invalid-name');
    },
  );

  it('that nothing could have is not found', async () => {
    const { devices } = await open();
    for (const name of ['', 'a/b', 'ü', 'UV12']) {
      expect((await storeError(() => devices.fetch(name))).code).toBe('not-found');
    }
  });
});

describe('updates of a device', () => {
  it('are all made when they come at once', async () => {
    const { devices } = await open();
    await Promise.all(Array.from({ length: 20 }, () => devices.update(SID, { restartApp: true })));
    expect(await devices.fetch(SID)).toMatchObject({ restarts: 20, version: 20 });
  });

  it('name what it is to run, by SID or unique name, until it reports that it does', async () => {
    const { store, clock, devices } = await open();
    const app = await store.apps(ACCOUNT_SID).create(tinyModule(), { uniqueName: 'blinky' });
    clock.now += 1000;
    const device = await devices.update(SID, { targetApp: 'blinky' });
    expect(device.target).toEqual({
      appSid: app.sid,
      sha256: app.sha256,
      politeness: 0,
      dateTargeted: new Date(NOW + 1000),
    });
    expect(device).toMatchObject({ updateStatus: 'pending', version: 1 });
    clock.now += 1000;
    await devices.report(SID, { running: { sha256: app.sha256, appSid: app.sid } });
    const reported = await devices.fetch(SID);
    expect(reported).toMatchObject({ updateStatus: 'up-to-date', version: 1, dateUpdated: new Date(NOW + 1000) });
    expect(reported.reported).toEqual({ appSid: app.sid, sha256: app.sha256, dateReported: new Date(NOW + 2000) });
    expect((await devices.update(SID, { targetApp: '' })).target).toBeUndefined();
  });

  it('show why a device could not take its target, until one is named again', async () => {
    const { store, devices } = await open();
    const app = await store.apps(ACCOUNT_SID).create(tinyModule());
    await devices.update(SID, { targetApp: app.sid });
    await devices.report(SID, { failed: { sha256: app.sha256, code: 3 } });
    expect(await devices.fetch(SID)).toMatchObject({ updateStatus: 'error', updateErrorCode: 3 });
    expect(await devices.update(SID, { targetApp: app.sid })).toMatchObject({
      updateStatus: 'pending',
      updateErrorCode: undefined,
      version: 2,
    });
  });

  it('change nothing when the application does not exist', async () => {
    const { devices } = await open();
    const error = await storeError(() => devices.update(SID, { targetApp: 'none', uniqueName: 'pump' }));
    expect(error.code).toBe('not-found');
    expect(error.message).toContain('application "none"');
    expect(await devices.list()).toEqual([]);
  });

  it('turn logging off and on, which is a change that the device is told', async () => {
    const { devices } = await open();
    expect(await devices.update(SID, { loggingEnabled: true })).toMatchObject({ loggingEnabled: true, version: 0 });
    expect(await devices.update(SID, { loggingEnabled: false })).toMatchObject({ loggingEnabled: false, version: 1 });
    expect(await devices.update(SID, { uniqueName: 'pump' })).toMatchObject({ version: 1 });
  });
});

describe('a report that brings nothing new', () => {
  it('is not written', async () => {
    const { clock, devices } = await open();
    await devices.report(SID, { running: { sha256: 'ab' } });
    const first = await devices.fetch(SID);
    clock.now += 1000;
    await devices.report(SID, { running: { sha256: 'ab' } });
    await devices.report(SID, {});
    expect(await devices.fetch(SID)).toEqual(first);
    await devices.report(SID, { running: { sha256: 'cd' } });
    expect((await devices.fetch(SID)).reported).toMatchObject({ sha256: 'cd', dateReported: new Date(NOW + 1000) });
  });
});
