// needs: bash, curl, hexdump
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { StoreName } from '../../../host/cloud/index.js';
import { ACCOUNT_SID, AUTH_TOKEN, DEVICE, openCloud, SID, temporaryFolder } from './cloud-rig.js';

const DOCUMENTED_BASE = 'https://microvisor.twilio.com';
const COMMANDS = readFileSync(join(import.meta.dirname, 'fixtures/documented-commands.sh'), 'utf8')
  .split('\n\n')
  .slice(1)
  .map((command) => command.trim());

/** In place of a DER file: every byte value, and an odd length. */
function sampleFile(path: string, length: number, seed: string): string {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; at += 32) createHash('sha256').update(`${seed} ${at}`).digest().copy(bytes, at);
  writeFileSync(path, bytes);
  return bytes.toString('hex');
}

function bash(script: string, env: Record<string, string>): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile('bash', ['--norc', '-c', script], { env: { PATH: process.env.PATH, ...env } }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

describe('the documented curl commands', () => {
  const expected: [command: string, store: StoreName, key: string, variable: string, value: string][] = [
    ['Key=broker-host', 'configs', 'broker-host', 'BROKER_HOST', 'mqtt.example.com'],
    ['Key=broker-port', 'configs', 'broker-port', 'BROKER_PORT', '8883'],
    ['Key=client-id', 'configs', 'client-id', 'MQTT_CLIENT_ID', 'a device & its name = 100% + \u00fc'],
    ['Key=root-CA', 'configs', 'root-CA', 'CA_CHAIN_FILE', 'root-ca.der'],
    ['Key=cert', 'configs', 'cert', 'CERTIFICATE_FILE', 'client-certificate.der'],
    ['Key=private_key', 'secrets', 'private_key', 'PRIVATE_KEY_FILE', 'client-private-key.der'],
    ['Key=username', 'configs', 'username', 'BROKER_USERNAME', 'user+name'],
    ['Key=password', 'secrets', 'password', 'BROKER_PASSWORD', 'p%40ss&w=rd;"quoted" \\ $x'],
  ];

  it('are all here', () => {
    expect(COMMANDS.map((command) => /"(Key=[^"]+)"/.exec(command)?.[1])).toEqual(expected.map(([name]) => name));
  });

  it.each(expected)('%s is stored among the %s', async (command, store, key, variable, value) => {
    const { cloud, values } = await openCloud();
    const isFile = value.endsWith('.der');
    const path = join(temporaryFolder(), value.replaceAll('/', ''));
    const stored = isFile ? sampleFile(path, 2047, key) : value;
    const text = COMMANDS.find((documented) => documented.includes(`"${command}"`))!;
    const script = text.replaceAll(DOCUMENTED_BASE, cloud.url);
    const env = {
      TWILIO_ACCOUNT_SID: ACCOUNT_SID,
      TWILIO_AUTH_TOKEN: AUTH_TOKEN,
      MV_DEVICE_SID: SID,
      [variable]: isFile ? path : value,
    };

    const first = await bash(script, env);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(first.stdout)).toMatchObject({ key, device_sid: SID });
    expect(first.stdout.includes(stored)).toBe(store === 'configs' && !stored.includes('"'));
    expect((await values.fetch(DEVICE, store, key)).value).toBe(stored);

    // 22 is what --fail makes of a status of 400 and more: here the key exists.
    expect((await bash(script, { ...env, [variable]: isFile ? path : 'another' })).code).toBe(22);
    expect((await bash(script, { ...env, TWILIO_AUTH_TOKEN: 'wrong' })).code).toBe(22);
    expect((await values.fetch(DEVICE, store, key)).value).toBe(stored);
  });

  it('fail when a file is too large for a value, and nothing is stored', async () => {
    const { cloud, values } = await openCloud();
    const path = join(temporaryFolder(), 'large.der');
    sampleFile(path, 2049, 'large');
    const script = COMMANDS.find((documented) => documented.includes('"Key=cert"'))!;
    const result = await bash(script.replaceAll(DOCUMENTED_BASE, cloud.url).replace('--fail', '--fail-with-body'), {
      TWILIO_ACCOUNT_SID: ACCOUNT_SID,
      TWILIO_AUTH_TOKEN: AUTH_TOKEN,
      MV_DEVICE_SID: SID,
      CERTIFICATE_FILE: path,
    });
    expect(result.code).toBe(22);
    expect(JSON.parse(result.stdout).message).toMatch(/^the value of "cert" has 4098 characters/);
    expect(await values.list(DEVICE, 'configs')).toEqual([]);
  });
});
