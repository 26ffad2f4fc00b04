// needs: openssl
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Command } from '../../../interop/command.js';
import { data, provisioning } from './provision-rig.js';

provisioning();

describe('wrong usage ends with exit code 2 and a sentence', () => {
  it.each<[string, RegExp]>([
    [
      'provision',
      /^wasmqtt: there is nothing to store; give --broker-host, --root-ca, --cert with --key, or others\n$/,
    ],
    ['provision --cert device.pem', /^wasmqtt: --cert and --key go together: /],
    ['provision --username ann', /^wasmqtt: --username and --password-file go together/],
    ['provision --broker-host=', /^wasmqtt: --broker-host: is empty; give a value, or leave the option out\n$/],
    [
      'provision --broker-host b --key-passphrase-file p',
      /^wasmqtt: --key-passphrase-file: is for the key that --key names/,
    ],
    ['provision --broker-host b --show-secrets', /^wasmqtt: --show-secrets: is for --dry-run\n$/],
    ['provision --broker-port 0', /Give a port from 1 to 65535/],
    ['provision --broker-host b --warn-days x', /Give a number of days/],
    ['provision --broker-host b --scope fleet', /Allowed choices are device, account/],
    ['provision --broker-host b --device-sid UV1', /Give UV and 32 hex digits/],
  ])('%s', async (line, sentence) => {
    const { code, stdout, stderr } = await new Command([...line.split(' '), '--data', data]).ended;
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(sentence);
    expect(existsSync(data)).toBe(false);
  });

  it('--help shows examples', async () => {
    const { code, stdout } = await new Command(['provision', '--help']).ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(/\nExamples:\n {2}wasmqtt provision --broker-host broker\.example\.com --root-ca /);
  });
});
