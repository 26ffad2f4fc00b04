import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ACCOUNT_SID, openStore, SID, storeError } from '../cloud-rig.js';
import { tinyModule } from './modules.js';

const NOW = 1_609_504_496_789;

async function open(appBytes?: number) {
  const store = await openStore(undefined, { now: () => NOW, appBytes });
  return { store, apps: store.apps(ACCOUNT_SID), devices: store.devices(ACCOUNT_SID) };
}

describe('an application', () => {
  it('is found by its SID in any case, or by its unique name, and its bytes by their SHA-256', async () => {
    const { apps } = await open();
    const module = tinyModule('one');
    const app = await apps.create(module, { uniqueName: 'blinky' });
    const sha256 = createHash('sha256').update(module).digest('hex');
    expect(app).toEqual({
      sid: expect.stringMatching(/^KA[0-9a-f]{32}$/),
      uniqueName: 'blinky',
      sha256,
      size: module.length,
      politeness: 0,
      dateCreated: new Date(NOW),
    });
    expect(await apps.fetch('blinky')).toEqual(app);
    expect(await apps.fetch(`KA${app.sid.slice(2).toUpperCase()}`)).toEqual(app);
    expect(await apps.list()).toEqual([app]);
    expect(Buffer.from((await apps.bytes(sha256)) ?? [])).toEqual(Buffer.from(module));
    expect(await apps.bytes('../x')).toBeUndefined();
  });

  it('has a name that no other has', async () => {
    const { apps } = await open();
    await apps.create(tinyModule('one'), { uniqueName: 'blinky' });
    expect((await storeError(() => apps.create(tinyModule('two'), { uniqueName: 'blinky' }))).code).toBe(
      'already-exists',
    );
    expect(await apps.list()).toHaveLength(1);
  });

  it.each([
    ['nothing', new Uint8Array(), 'is empty'],
    ['an ELF file', Buffer.from('\x7fELF and more'), 'is an ELF file'],
    ['a ZIP archive', Buffer.from('PK\x03\x04 and more'), 'is a ZIP archive'],
    ['text', Buffer.from('int main()'), 'is not a valid WebAssembly module'],
    ['half a module', tinyModule('one').subarray(0, 10), 'is not a valid WebAssembly module'],
  ])('cannot be %s', async (_, bytes, message) => {
    const { apps } = await open();
    const error = await storeError(() => apps.create(bytes));
    expect(error.code).toBe('invalid-app');
    expect(error.message).toContain(message);
  });

  it('has no more bytes than the store was opened for', async () => {
    const { apps } = await open(16);
    await apps.create(tinyModule('12345'));
    const error = await storeError(() => apps.create(tinyModule('123456')));
    expect(error).toMatchObject({ code: 'invalid-app', message: expect.stringContaining('at most 16') });
  });
});

describe('deleting an application', () => {
  it('removes it, its name and its bytes', async () => {
    const { apps } = await open();
    const app = await apps.create(tinyModule('one'), { uniqueName: 'blinky' });
    await apps.delete('blinky');
    expect(await apps.list()).toEqual([]);
    expect(await apps.bytes(app.sha256)).toBeUndefined();
    expect((await storeError(() => apps.delete(app.sid))).code).toBe('not-found');
    await apps.create(tinyModule('two'), { uniqueName: 'blinky' });
  });

  it('leaves bytes that another application shares', async () => {
    const { apps } = await open();
    const [one, two] = [await apps.create(tinyModule('same')), await apps.create(tinyModule('same'))];
    await apps.delete(one.sid);
    expect(await apps.bytes(two.sha256)).toBeDefined();
    await apps.delete(two.sid);
    expect(await apps.bytes(two.sha256)).toBeUndefined();
  });

  it('leaves no bytes behind when both that share them are deleted at once', async () => {
    const { apps } = await open();
    const [one, two] = [await apps.create(tinyModule('same')), await apps.create(tinyModule('same'))];
    await Promise.all([apps.delete(one.sid), apps.delete(two.sid)]);
    expect(await apps.bytes(one.sha256)).toBeUndefined();
  });

  it('is refused while a device is to run it', async () => {
    const { apps, devices } = await open();
    const app = await apps.create(tinyModule('one'));
    await devices.update(SID, { targetApp: app.sid });
    const error = await storeError(() => apps.delete(app.sid));
    expect(error.code).toBe('in-use');
    expect(error.message).toContain(SID);
    await devices.update(SID, { targetApp: '' });
    await apps.delete(app.sid);
  });

  it('and making it a target at once is one or the other', async () => {
    const { apps, devices } = await open();
    for (let round = 0; round < 20; round++) {
      const app = await apps.create(tinyModule(`round ${round}`));
      const [deleted, targeted] = await Promise.allSettled([
        apps.delete(app.sid),
        devices.update(SID, { targetApp: app.sid }),
      ]);
      expect(deleted.status).not.toBe(targeted.status);
      expect((await apps.bytes(app.sha256)) !== undefined).toBe(targeted.status === 'fulfilled');
    }
  });
});
