// needs: mosquitto_pub, mosquitto_sub
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Child } from '../../../interop/child.js';
import type { Command, JsonEvent } from '../../../interop/command.js';
import { ALL, policy } from '../../broker/rules/aws-iot/aws-iot-rig.js';
import { BrokerRig, portsOf } from './broker-rig.js';

let rig: BrokerRig;

beforeEach(() => {
  rig = new BrokerRig();
});

afterEach(() => rig.remove());

const start = (...args: string[]) =>
  rig.start('--profile', 'aws-iot', '-p', '0', '--data', rig.path('data'), '--unlimited-rates', ...args);

/** Options of mosquitto's programs for the thing of a broker. */
async function asThing(broker: Command, clientId: string): Promise<string[]> {
  const [port] = await portsOf(broker);
  const { certificate, key, ca } = await broker.event('thing');
  return ['-h', 'localhost', '-p', `${port}`, '--cafile', ca, '--cert', certificate, '--key', key, '-i', clientId];
}

const publish = async (broker: Command, topic: string, clientId = 'lamp') => {
  const options = await asThing(broker, clientId);
  return new Child('mosquitto_pub', [...options, '-V', '5', '-q', '1', '-t', topic, '-m', 'x']).ended;
};

describe('wasmqtt broker --profile aws-iot', () => {
  it('lets the thing do what its policy says, and names statement, nearest resource and edit of a refusal', async () => {
    const file = rig.write('lamp.json', policy('Allow Connect client/lamp', 'Allow Publish topic/sensor/*'));
    const broker = start('--policy', file, '--thing', 'lamp', '--json');
    expect((await publish(broker, 'sensor/1')).code).toBe(0);
    expect((await publish(broker, 'sensors')).code).not.toBe(0);
    const refusal: JsonEvent = await broker.event('policy refusal');
    expect(refusal).toEqual({
      event: 'policy refusal',
      clientId: 'lamp',
      certificateId: (await broker.event('thing')).id,
      action: 'iot:Publish',
      resource: 'topic/sensors',
      statement: null,
      reason: expect.stringContaining('no statement allows iot:Publish on topic/sensors'),
      nearest: 'topic/sensor/*',
      edit: expect.any(String),
    });
    await expect.poll(() => broker.stderr).toContain('Policy of client lamp: no statement allows iot:Publish');
    expect(broker.stderr).toContain('Nearest: topic/sensor/*.');
  });

  it('takes a policy that changes at once, also for who is connected', async () => {
    const file = rig.write('lamp.json', policy(ALL));
    const broker = start('--policy', file, '--thing', 'lamp', '--json');
    const options = await asThing(broker, 'lamp');
    const reader = new Child('mosquitto_sub', [...options, '-V', '5', '-t', 'a']);
    await broker.event('subscribed');
    rig.write('lamp.json', policy('Allow Connect client/other'));
    expect(await broker.event('reloaded')).toMatchObject({ done: true });
    expect(await broker.event('disconnected')).toMatchObject({ clientId: 'lamp', reasonCode: 0x87 });
    await reader.kill();
  });

  it('keeps its policies when the new ones cannot be used, and says where they are wrong', async () => {
    const file = rig.write('lamp.json', policy(ALL));
    const broker = start('--policy', file, '--thing', 'lamp', '--json');
    await broker.event('listening');
    rig.write('lamp.json', '{\n  "Version": 1\n}');
    const { done, findings } = await broker.event('reloaded');
    expect(done).toBe(false);
    expect(findings[0]).toMatchObject({
      severity: 'error',
      file,
      line: expect.any(Number),
      column: expect.any(Number),
    });
    const from = broker.events.length;
    broker.signal('SIGHUP');
    expect(await broker.event('reloaded', () => true, from)).toMatchObject({ done: false, findings });
    expect((await publish(broker, 'a')).code).toBe(0);
    const mended = broker.events.length;
    rig.write('lamp.json', policy('Allow Connect *'));
    expect(await broker.event('reloaded', () => true, mended)).toMatchObject({ done: true });
    expect((await publish(broker, 'a')).code).not.toBe(0);
  });

  it('keeps retained messages and shadows in the folder of --state', async () => {
    const file = rig.write('lamp.json', policy(ALL));
    const args = ['--policy', file, '--thing', 'lamp', '--state', rig.path('state'), '--json'];
    const first = start(...args);
    const options = await asThing(first, 'lamp');
    await new Child('mosquitto_pub', [...options, '-q', '1', '-r', '-t', 'kept', '-m', 'here']).ended;
    await first.interrupt();
    const second = start(...args);
    const reader = new Child('mosquitto_sub', [...(await asThing(second, 'lamp')), '-t', 'kept', '-C', '1']);
    expect((await reader.ended).stdout).toBe('here\n');
  });

  it('takes a fleet of things from a file, with certificates of their own', async () => {
    const broker = start('--policy', rig.write('p.json', policy(ALL)), '--thing', 'lamp', '--json');
    const { id, certificate } = await broker.event('thing');
    await broker.interrupt();
    const things = {
      policies: { p: 'p.json' },
      certificates: { lamp: { certificateId: id, policies: 'p' } },
      things: { lamp: { certificates: 'lamp' } },
    };
    const fleet = start('--things', rig.write('things.json', JSON.stringify(things)), '--json');
    const [port] = await portsOf(fleet);
    const own = [
      '--cert',
      certificate,
      '--key',
      certificate.replace(/pem$/, 'key'),
      '--cafile',
      rig.path('data/pki/ca.pem'),
    ];
    const pub = (...more: string[]) =>
      new Child('mosquitto_pub', [
        '-h',
        'localhost',
        '-p',
        `${port}`,
        '-i',
        'lamp',
        '-t',
        'a',
        '-m',
        'x',
        '-q',
        '1',
        ...more,
      ]).ended;
    expect((await pub(...own)).code).toBe(0);
    things.certificates.lamp = { ...things.certificates.lamp, ...{ status: 'REVOKED' } };
    rig.write('things.json', JSON.stringify(things));
    await fleet.event('reloaded');
    expect((await pub(...own)).code).not.toBe(0);
    expect((await fleet.event('refused')).reason).toContain('DEVICE_CERTIFICATE_REVOKED');
  });

  it('says with --check what things and policies there are, and makes nothing', async () => {
    const file = rig.write('lamp.json', policy(ALL));
    const { code, stdout } = await start('--policy', file, '--thing', 'lamp', '--check').ended;
    expect(code).toBe(0);
    expect(stdout).toBe('policy       lamp: 1 statement\nthing        lamp: 1 certificate\n');
  });

  it.each<[string, string[], RegExp]>([
    ['nobody who could come in', [], /needs --thing NAME with --policy FILE, or --things FILE/],
    ['a policy of nobody', ['--things', 'x', '--policy', 'y'], /--policy is of the certificate of --thing/],
    ['a bad name', ['--thing', 'a b'], /the name of a thing has/],
    ['a configuration besides', ['--thing', 'a', '-c', 'm.conf'], /-c and --profile exclude each other/],
    ['a file that is not there', ['--things', 'missing.json'], /missing\.json:1:1: error: .* there is no such file/],
  ])('is wrong usage with %s', async (_, args, message) => {
    const { code, stderr } = await start(...args).ended;
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });

  it('has options that are wrong usage without it', async () => {
    const { code, stderr } = await rig.start('--policy', 'x.json').ended;
    expect(code).toBe(2);
    expect(stderr).toContain('--policy is an option of --profile aws-iot');
  });
});
