import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Command } from '../../interop/command.js';
import { temporaryFolder } from '../../interop/temporary.js';

let temporary: ReturnType<typeof temporaryFolder>;

beforeEach(() => {
  temporary = temporaryFolder();
});

afterEach(() => temporary.remove());

describe('wrong usage ends with exit code 2 and a sentence', () => {
  it.each<[string, RegExp]>([
    ['run --no-tls', /^wasmqtt: --no-tls: the managed MQTT client requires TLS on all connections; give the TLS port /],
    ['run --bogus', /^error: unknown option '--bogus'$/m],
    ['run extra', /^wasmqtt: there is no folder extra; name the folder of an application/],
    ['run extra more', /too many arguments/],
    ['bogus', /^error: unknown command 'bogus'$/m],
    ['run --for ten', /'--for <duration>' argument 'ten' is invalid. Give a number with its unit: 500ms, 10s, 2m, 1h/],
    ['run --for 0s', /Give a number with its unit/],
    ['run --interval 5', /'--interval <duration>' argument '5' is invalid. Give a number with its unit/],
    ['run --broker-port 65536', /'--broker-port <port>' argument '65536' is invalid. Give a port from 1 to 65535/],
    ['run --broker-port 88x', /Give a port from 1 to 65535/],
    ['run --cloud-port -1', /Give a port from 0 to 65535/],
    ['cloud --port x', /Give a port from 0 to 65535/],
    ['run --cert device.pem', /^wasmqtt: --cert and --key go together: /],
    ['run --key device.key', /^wasmqtt: --cert and --key go together: /],
    ['run --username ann', /^wasmqtt: --username and --password-file go together/],
    ['run --subscribe-topic a/#/b', /^wasmqtt: --subscribe-topic "a\/#\/b": .*\(MQTT-4\.7\.1-1\)$/m],
    ['run --publish-topic a/+', /^wasmqtt: --publish-topic "a\/\+": .*wildcard.*\(MQTT-3\.3\.2-2\)$/m],
    ['run --device-sid UV12', /'--device-sid <sid>' argument 'UV12' is invalid. Give UV and 32 hex digits/],
    ['run --scope fleet', /Allowed choices are device, account/],
    ['run --protocol 4', /Allowed choices are 3\.1\.1, 5/],
    ['run --client-id=', /^wasmqtt: --client-id: is empty; give a value, or leave the option out$/m],
  ])('%s', async (line, sentence) => {
    const { code, stdout, stderr } = await new Command([...line.split(' '), '--data', temporary.folder]).ended;
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(sentence);
    expect(stderr).not.toMatch(/^ +at /m);
  });

  it('also for a device SID in the environment', async () => {
    const command = new Command(['run', '--data', temporary.folder], { MV_DEVICE_SID: 'UV12' });
    const { code, stderr } = await command.ended;
    expect(code).toBe(2);
    expect(stderr).toMatch(/from env 'MV_DEVICE_SID' is invalid. Give UV and 32 hex digits/);
  });

  it('also for credentials of a broker that is not named', async () => {
    const password = join(temporary.folder, 'password.txt');
    writeFileSync(password, 'secret\n');
    const line = ['run', '--data', temporary.folder, '--username', 'ann', '--password-file', password];
    const { code, stderr } = await new Command(line).ended;
    expect(code).toBe(2);
    expect(stderr).toBe('wasmqtt: --username: these are for a broker of your own; name it with --broker-host\n');
  });
});

describe('help', () => {
  it.each([
    [['--help'], /^Usage: wasmqtt .*\n[\s\S]*\nExample:\n {2}wasmqtt run --for 10s$/m],
    [['run', '--help'], /\nExamples:\n {2}wasmqtt run .*\n {2}wasmqtt run --for 10s --json /],
    [['cloud', '--help'], /\nOn a desk:\n {2}wasmqtt cloud\n {2}curl --fail -X POST /],
  ])('%j shows an example on standard output', async (args, pattern) => {
    const { code, stdout, stderr } = await new Command(args).ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(pattern);
  });

  it('is shown without arguments, as wrong usage', async () => {
    const { code, stdout, stderr } = await new Command([]).ended;
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^Usage: wasmqtt /);
  });
});

describe('the environment', () => {
  it.each([
    [{ MV_DEVICE_SID: 'UV12' }, /^wasmqtt: MV_DEVICE_SID in the environment is not UV and 32 hex digits; correct or/],
    [
      { TWILIO_ACCOUNT_SID: 'AC12', TWILIO_AUTH_TOKEN: 'x' },
      /^wasmqtt: TWILIO_ACCOUNT_SID in the environment is not AC/,
    ],
  ])('%j ends the cloud with a sentence', async (env, sentence) => {
    const { code, stdout, stderr } = await new Command(['cloud', '--port', '0', '--data', temporary.folder], env).ended;
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(sentence);
  });
});
