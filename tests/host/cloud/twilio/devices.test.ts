import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { appModule, uploadApp } from '../app-modules.js';
import { DEVICE, SID } from '../cloud-rig.js';
import { clientError, openClient } from './twilio-rig.js';

const OTHER = `UV${'e'.repeat(32)}`;
const DATE = new Date('2021-01-01T12:34:56Z');

describe('npm twilio, with devices', () => {
  it('updates a device, which is made, and fetches it by SID and by name', async () => {
    const { client, cloud } = await openClient();
    const { devices } = client.microvisor.v1;
    const updated = await devices(SID).update({ uniqueName: 'pump 7', loggingEnabled: true });
    const url = `${cloud.url}/v1/Devices/${SID}`;
    expect(updated.toJSON()).toEqual({
      sid: SID,
      uniqueName: 'pump 7',
      accountSid: client.accountSid,
      app: {
        target_sid: null,
        target_hash: null,
        date_targeted: null,
        update_status: null,
        update_error_code: null,
        reported_sid: null,
        date_reported: null,
      },
      logging: { enabled: true, date_expires: null },
      dateCreated: DATE,
      dateUpdated: DATE,
      url,
      links: { device_configs: `${url}/Configs`, device_secrets: `${url}/Secrets`, device_logs: `${url}/Logs` },
    });
    expect((await devices(SID).fetch()).toJSON()).toEqual(updated.toJSON());
    expect((await devices('pump 7').fetch()).toJSON()).toEqual(updated.toJSON());
    expect((await updated.update({ uniqueName: '' })).uniqueName).toBeNull();
    expect(await clientError(() => devices('pump 7').fetch())).toMatchObject({ status: 404 });
  });

  it('names a device wherever a SID stands, also for configs and secrets', async () => {
    const { client, values } = await openClient();
    const { devices } = client.microvisor.v1;
    await devices(SID).update({ uniqueName: 'pump' });
    const config = await devices('pump').deviceConfigs.create({ key: 'k', value: 'v' });
    expect([config.deviceSid, config.url]).toEqual([SID, expect.stringContaining(`/Devices/${SID}/Configs/k`)]);
    await devices('pump').deviceSecrets.create({ key: 's', value: 'hunter' });
    expect((await devices('pump').deviceConfigs.list()).map(({ key }) => key)).toEqual(['k']);
    expect((await devices('pump').deviceSecrets('s').fetch()).deviceSid).toBe(SID);
    expect((await values.fetch(DEVICE, 'configs', 'k')).value).toBe('v');
  });

  it('lists devices over several pages', async () => {
    const { client, store } = await openClient();
    const sids = Array.from({ length: 45 }, (_, n) => `UV${String(n).padStart(32, '0')}`);
    const devices = store.devices(String(client.accountSid));
    for (const sid of sids) await devices.ensure(sid);
    const listed = await client.microvisor.v1.devices.list({ pageSize: 20 });
    expect(listed.map(({ sid }) => sid)).toEqual(sids);
    const first = await client.microvisor.v1.devices.page({ pageSize: 20 });
    const second = await first.nextPage();
    expect(second?.instances.map(({ sid }) => sid)).toEqual(sids.slice(20, 40));
    expect((await second?.previousPage())?.instances.map(({ sid }) => sid)).toEqual(sids.slice(0, 20));
  });

  it('targets an application, and asks for a restart', async () => {
    const { client, cloud, store } = await openClient();
    const { devices } = client.microvisor.v1;
    const app = await uploadApp(cloud.url, '?UniqueName=pump-app');
    const { app: targeted } = await devices(SID).update({ targetApp: 'pump-app' });
    expect(targeted).toMatchObject({ target_sid: app.sid, target_hash: app.hash, update_status: 'pending' });
    expect(targeted.date_targeted).toBe('2021-01-01T12:34:56Z');
    await devices(SID).update({ restartApp: true });
    const views = store.devices(String(client.accountSid));
    expect((await views.fetch(SID)).restarts).toBe(1);
    await views.report(SID, { running: { sha256: app.hash.slice(7), appSid: app.sid } });
    const { app: running } = await devices(SID).fetch();
    expect(running).toMatchObject({ update_status: 'up-to-date', reported_sid: app.sid });
    expect((await devices(SID).update({ targetApp: '' })).app.target_sid).toBeNull();
  });

  it('is told what cannot be', async () => {
    const { client } = await openClient();
    const { devices } = client.microvisor.v1;
    await devices(SID).update({ uniqueName: 'pump' });
    const cases: [number, () => Promise<unknown>, string][] = [
      [404, () => devices(OTHER).fetch(), 'there is no device'],
      [404, () => devices('none').fetch(), 'there is no device "none"'],
      [404, () => devices('none').update({ uniqueName: 'x' }), 'there is no device "none"'],
      [404, () => devices('none').deviceConfigs.list(), 'there is no device "none"'],
      [409, () => devices(OTHER).update({ uniqueName: 'pump' }), 'another device is named "pump"'],
      [400, () => devices(SID).update({ uniqueName: 'a/b' }), 'cannot be a unique name'],
      [400, () => devices(SID).update({ uniqueName: OTHER }), 'cannot be a unique name'],
      [404, () => devices(SID).update({ targetApp: 'none' }), 'there is no application "none"'],
      [400, () => devices(SID).update({ restartApp: 'yes' as unknown as boolean }), 'neither true nor false'],
    ];
    for (const [status, action, message] of cases) {
      expect(await clientError(action)).toMatchObject({ status, message: expect.stringContaining(message) });
    }
    expect((await devices.list()).map(({ uniqueName }) => uniqueName)).toEqual(['pump']);
  });
});

describe('npm twilio, with applications', () => {
  it('fetches, lists and removes what was uploaded, and its manifest', async () => {
    const { client, cloud } = await openClient();
    const { apps } = client.microvisor.v1;
    const uploaded = await uploadApp(cloud.url, '?UniqueName=pump&Politeness=30');
    const sha256 = createHash('sha256').update(appModule()).digest('hex');
    const fetched = await apps(uploaded.sid).fetch();
    expect(fetched.toJSON()).toEqual({
      sid: expect.stringMatching(/^KA[0-9a-f]{32}$/),
      accountSid: client.accountSid,
      hash: `sha256:${sha256}`,
      uniqueName: 'pump',
      dateCreated: DATE,
      dateUpdated: DATE,
      url: `${cloud.url}/v1/Apps/${uploaded.sid}`,
      links: { manifest: `${cloud.url}/v1/Apps/${uploaded.sid}/Manifest` },
    });
    expect((await apps('pump').fetch()).sid).toBe(uploaded.sid);
    const manifest = await apps(uploaded.sid).appManifests().fetch();
    expect([manifest.appSid, manifest.hash]).toEqual([uploaded.sid, `sha256:${sha256}`]);
    expect(JSON.parse(Buffer.from(manifest.encodedBytes, 'base64').toString())).toEqual({
      hash: `sha256:${sha256}`,
      size: appModule().length,
      politeness: 30,
    });
    expect((await apps.list()).map(({ sid }) => sid)).toEqual([uploaded.sid]);
    expect(await apps('pump').remove()).toBe(true);
    expect(await clientError(() => apps(uploaded.sid).fetch())).toMatchObject({ status: 404 });
    expect(await clientError(() => apps(uploaded.sid).appManifests().fetch())).toMatchObject({ status: 404 });
  });

  it('lists them over several pages', async () => {
    const { client, cloud } = await openClient();
    const sids: string[] = [];
    for (let n = 0; n < 5; n++) sids.push((await uploadApp(cloud.url)).sid);
    const listed = await client.microvisor.v1.apps.list({ pageSize: 2 });
    expect(listed.map(({ sid }) => sid)).toEqual(sids.sort());
  });

  it('does not remove one that a device is to run', async () => {
    const { client, cloud } = await openClient();
    const { apps, devices } = client.microvisor.v1;
    const { sid } = await uploadApp(cloud.url);
    await devices(SID).update({ targetApp: sid });
    expect(await clientError(() => apps(sid).remove())).toMatchObject({ status: 409 });
    await devices(SID).update({ targetApp: '' });
    expect(await apps(sid).remove()).toBe(true);
  });
});
