// needs: openssl
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Cloud, Store, startCloud } from '../../../../host/cloud/index.js';
import { type Material, makeMaterial, removeMaterial } from '../../credentials/material.js';
import { goodValues, withChanges } from '../../credentials/trap-case.js';
import { DoctorRig } from './doctor-rig.js';

let material: Material;
let rig: DoctorRig;
let good: Record<string, string>;

beforeAll(() => {
  material = makeMaterial();
  good = withChanges(goodValues(material), {});
});

afterAll(() => removeMaterial(material));

beforeEach(() => {
  rig = new DoctorRig();
});

afterEach(() => rig[Symbol.dispose]());

describe('stores that are well', () => {
  it('are reported as well, with what was checked and what was not', async () => {
    const deviceSid = await rig.fill(good);
    const { findings, steps, summary } = await rig.doctor();
    expect({ findings, steps }).toEqual({ findings: [], steps: [] });
    expect(summary).toMatchObject({
      stores: `device ${deviceSid} in .wasmqtt/store`,
      checked: ['names and stores of the keys', expect.stringMatching(/broker-host, .*private_key: hex, DER/)],
      notChecked: ['the connection to the broker (--connect)'],
    });
  });

  it('are reported in lines for people, without colours unless on a terminal', async () => {
    const deviceSid = await rig.fill(good);
    const { code, stdout, stderr } = await rig.text();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [verdict, checked, rest, ...more] = stdout.split('\n');
    expect(verdict).toBe(`all is well: device ${deviceSid} in .wasmqtt/store`);
    expect(checked).toMatch(/^checked: names and stores of the keys; the values of .* dates \(30 days ahead\)/);
    expect(rest).toMatch(/^not checked: the connection to the broker/);
    expect(more).toEqual(['']);
  });

  it('are not changed by a single byte', async () => {
    await rig.fill(good);
    const file = join(rig.folder, '.wasmqtt/store/data.mdb');
    const before = readFileSync(file);
    await rig.doctor();
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(readdirSync(rig.folder)).toEqual(['.wasmqtt']);
  });
});

describe('stores with something wrong', () => {
  it('have a line for each trap: severity, where, what, why, how to fix it, and its name', async () => {
    await rig.fill({ ...good, 'config broker-port': '1883', 'config cert': '308' });
    const { code, stdout, stderr } = await rig.text();
    expect({ code, stderr }).toEqual({ code: 1, stderr: 'wasmqtt: 2 errors; fix what is reported above\n' });
    expect(stdout.split('\n').slice(0, 3)).toEqual([
      expect.stringMatching(
        /^error {4}config broker-port: Port 1883 .* Fix: wasmqtt provision .* \[port-without-tls\]$/,
      ),
      expect.stringMatching(/^error {4}config cert, character 3: .* 3 hex digits, .* \[odd-hex\]$/),
      expect.stringMatching(/^2 errors, 0 warnings: device UV/),
    ]);
  });

  it('end with exit code 0 when there are only warnings', async () => {
    await rig.fill({ ...good, 'config root-ca': 'x' });
    const { findings } = await rig.doctor();
    expect(findings).toMatchObject([{ severity: 'warning', trap: 'unread-key' }]);
  });

  it('have control characters shown as escapes', async () => {
    await rig.fill({ ...good, 'config broker-host': 'a\u001b[31mb' });
    const { stdout } = await rig.text();
    expect(stdout).toContain('\\u001b[31m');
    expect(stdout).not.toContain('\u001b');
  });

  it('never have a secret shown', async () => {
    const password = 'correct horse battery';
    await rig.fill({
      ...good,
      'secret password': `${password}\n`,
      'config username': 'ann',
      'secret private_key': good['secret private_key'].slice(1),
    });
    const { stdout, stderr } = await rig.text();
    for (const secret of [password, good['secret private_key'].slice(10, 30)]) {
      expect(stdout + stderr).not.toContain(secret);
    }
  });
});

describe('scope', () => {
  it('is the device, and a key that the account has is reported there', async () => {
    const { 'config root-CA': root, ...rest } = good;
    await rig.fill(rest);
    await rig.fill({ 'config root-CA': root }, 'account');
    const { findings } = await rig.doctor();
    expect(findings).toMatchObject([{ severity: 'warning', trap: 'wrong-scope', where: 'config root-CA' }]);
  });

  it('is the account with --scope account', async () => {
    await rig.fill(good, 'account');
    const wrong = await rig.doctor();
    expect(new Set(wrong.findings.map(({ trap }) => trap))).toEqual(new Set(['wrong-scope']));
    const { findings, summary } = await rig.doctor(['--scope', 'account']);
    expect({ findings, stores: summary.stores }).toEqual({ findings: [], stores: 'the account in .wasmqtt/store' });
  });

  it('is named in remedies, with the folder and the device of the options', async () => {
    await rig.fill({ ...good, 'config broker-port': '1883' });
    const other = `UV${'d'.repeat(32)}`;
    const { findings } = await rig.doctor(['--data', './.wasmqtt', '--device-sid', other]);
    expect(findings[0]).toMatchObject({ trap: 'missing-key', where: 'config broker-host' });
    expect(findings[0].remedy).toBe(`wasmqtt provision --data ./.wasmqtt --device-sid ${other} --broker-host HOST`);
  });
});

describe('a cloud', () => {
  let cloud: Cloud;
  let store: Store;
  const deviceSid = `UV${'e'.repeat(32)}`;
  const account = { TWILIO_ACCOUNT_SID: `AC${'1'.repeat(32)}`, TWILIO_AUTH_TOKEN: 'secret-token' };

  beforeEach(async () => {
    store = await Store.open(join(rig.folder, 'remote'));
    const { TWILIO_ACCOUNT_SID: accountSid, TWILIO_AUTH_TOKEN: authToken } = account;
    cloud = await startCloud({ store, accountSid, authToken, port: 0 });
  });

  afterEach(async () => {
    await cloud.close();
    await store.close();
  });

  const put = async (values: Record<string, string>) => {
    const stored = store.values(account.TWILIO_ACCOUNT_SID);
    for (const [place, value] of Object.entries(values)) {
      const [kind, key] = place.split(' ');
      await stored.create({ kind: 'device', deviceSid }, kind === 'config' ? 'configs' : 'secrets', key, value);
    }
  };

  it('is read over REST; of secrets only the names are checked, and the summary says so', async () => {
    await put(good);
    const { findings, summary } = await rig.doctor(['--cloud', cloud.url], { ...account, MV_DEVICE_SID: deviceSid });
    expect(findings).toEqual([]);
    expect(summary).toMatchObject({
      stores: `device ${deviceSid} in ${cloud.url}/v1`,
      notChecked: ['the values of private_key: only the device can read secrets', expect.stringMatching(/--connect/)],
    });
  });

  it('has wrong names among its secrets reported', async () => {
    const { 'secret private_key': key, ...rest } = good;
    await put({ ...rest, 'secret private-key': key });
    const args = ['--cloud', cloud.url, '--device-sid', deviceSid];
    const { findings } = await rig.doctor(args, account);
    expect(findings).toMatchObject([{ trap: 'wrong-key-name', where: 'secret private-key' }]);
    expect(findings[0].remedy).toMatch(`wasmqtt provision --cloud ${cloud.url} --device-sid ${deviceSid} --cert FILE`);
  });

  it.each<[string, string[], Record<string, string>, RegExp]>([
    ['without SID and token', [], {}, /--cloud needs TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN in the environment/],
    ['without a device', [], account, /--cloud needs the device: name it with --device-sid, or export MV_DEVICE_SID/],
    [
      'with a wrong token',
      ['--device-sid', deviceSid],
      { ...account, TWILIO_AUTH_TOKEN: 'guess' },
      /status 401 .*check TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN/,
    ],
    [
      'over plain HTTP to another machine',
      ['--device-sid', deviceSid, '--cloud', 'http://cloud.invalid'],
      account,
      /--cloud http:\/\/cloud.invalid is plain HTTP to another machine/,
    ],
  ])('cannot be read %s', async (_name, args, env, sentence) => {
    const { code, stdout, stderr } = await rig.text(['--cloud', cloud.url, ...args], env);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^wasmqtt: [^\n]+\n$/);
    expect(stderr).toMatch(sentence);
  });
});

describe('usage', () => {
  it('does not make a store where there is none', async () => {
    const { code, stdout, stderr } = await rig.text();
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toBe(
      'wasmqtt: there is no store in .wasmqtt; name its folder with --data, or a cloud with --cloud\n',
    );
    expect(readdirSync(rig.folder)).toEqual([]);
  });

  it.each([
    [['--warn-days', 'x'], /Give a number of days, 0 to 99999/],
    [['--timeout', '5'], /Give a number with its unit/],
    [['--scope', 'fleet'], /Allowed choices are device, account/],
    [['--authentication', 'none'], /Allowed choices are certificate, password/],
    [['--device-sid', 'UV1'], /Give UV and 32 hex digits/],
  ])('is wrong with %j', async (args, sentence) => {
    const { code, stdout, stderr } = await rig.text(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(sentence);
  });

  it('is shown by --help, with examples', async () => {
    const { code, stdout } = await rig.text(['--help']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/\nExamples:\n {2}wasmqtt doctor .*\n {2}wasmqtt doctor --connect /);
  });
});
