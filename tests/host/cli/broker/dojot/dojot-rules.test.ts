// needs: mosquitto, openssl
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PUBLISHES, SUBSCRIPTIONS } from '../../../broker/rules/dojot/rule-table.js';
import { DojotRig, type RunningDojot } from './dojot-rig.js';

const DEVICE = 'admin:a1998e';

let rig: DojotRig;
let broker: RunningDojot;

beforeAll(async () => {
  rig = new DojotRig();
  rig.pki.issueDevice('a1998e', `/CN=${DEVICE}`);
  broker = await rig.broker();
});

afterAll(() => rig.remove());

describe('the table of rules holds for MQTT.js and mosquitto', () => {
  it('that publish', async () => {
    for (const { user, topic, allowed } of PUBLISHES) {
      const client = await rig.client(broker.plain, undefined, { username: user });
      const answer = client.publishAsync(topic, '{}', { qos: 1 });
      if (allowed) await answer;
      else await expect(answer, `${user} to ${topic}`).rejects.toMatchObject({ code: 0x87 });
      await client.endAsync();
      // An option that is empty, or begins with a dash, is nothing that mosquitto_pub takes.
      if (!user) continue;
      const sent = await rig.mosquitto('pub', broker.plain, undefined, '-u', user, '-t', topic, '-m', '{}', '-q', '1');
      expect([user, topic, sent.code === 0 && sent.stderr === '']).toEqual([user, topic, allowed]);
    }
  });

  it('that subscribe', async () => {
    for (const { user, topic, allowed } of SUBSCRIPTIONS) {
      const client = await rig.client(broker.plain, undefined, { username: user });
      const answer = client.subscribeAsync(topic, { qos: 1 });
      if (allowed) await answer;
      else await expect(answer, `${user} to ${topic}`).rejects.toThrow('Subscribe error: Not authorized');
      await client.endAsync();
    }
    for (const { user, topic, allowed } of SUBSCRIPTIONS) {
      if (!user) continue;
      const seen = await rig.mosquitto('sub', broker.plain, undefined, '-u', user, '-t', topic, '-E');
      expect([user, topic, seen.stderr.includes('All subscription requests were denied')]).toEqual([
        user,
        topic,
        !allowed,
      ]);
    }
  });
});

describe('the commands of the document', () => {
  it('publish with a certificate, whose name is the user: a claim beside it counts for nothing', async () => {
    const bridge = await rig.client(broker.plain, undefined, { username: 'v2k-bridge' });
    await bridge.subscribeAsync('$share/group/+/attrs', { qos: 1 });
    const came = new Promise((resolve) => {
      bridge.on('message', (topic, payload) => resolve(`${topic} ${payload}`));
    });
    const args = ['-t', `${DEVICE}/attrs`, '-m', '{"attr_example": 10 }'];
    expect((await rig.mosquitto('pub', broker.tls, 'a1998e', '-u', 'v2k-bridge', ...args)).code).toBe(0);
    expect(await came).toBe(`${DEVICE}/attrs {"attr_example": 10 }`);
    const wide = await rig.mosquitto('sub', broker.tls, 'a1998e', '-u', 'v2k-bridge', '-t', '#', '-E');
    expect(wide.stderr).toContain('All subscription requests were denied');
  });

  it('subscribe to config with a certificate, and get what the bridge publishes', async () => {
    const args = ['-t', `${DEVICE}/config`, '-C', '1', '-i', 'sub-1'];
    const subscriber = rig.mosquittoRuns('sub', broker.tls, 'a1998e', ...args);
    await broker.command.event('subscribed', ({ clientId }) => clientId === 'sub-1');
    const bridge = ['-u', 'k2v-bridge', '-t', `${DEVICE}/config`, '-m', '{"led":1}', '-q', '1'];
    expect((await rig.mosquitto('pub', broker.plain, undefined, ...bridge)).code).toBe(0);
    expect((await subscriber.ended).stdout).toBe('{"led":1}\n');
  });

  it('end in nothing when a topic is another, and the log says why', async () => {
    const from = broker.command.events.length;
    const args = ['-t', 'admin:other/attrs', '-m', '{}', '-q', '1'];
    const { code, stderr } = await rig.mosquitto('pub', broker.tls, 'a1998e', ...args);
    expect([code, stderr]).not.toEqual([0, '']);
    const dropped = await broker.command.event('dropped', () => true, from);
    expect(dropped.detail).toBe(`${DEVICE} publishes to ${DEVICE}/attrs only, not to admin:other/attrs`);
    expect(await broker.command.event('rule refusal', () => true, from)).toMatchObject({
      userName: DEVICE,
      action: 'publish',
    });
    await broker.command.line(
      'stderr',
      /Client \S+ is refused: admin:a1998e publishes to admin:a1998e\/attrs only, not to admin:other\/attrs\./,
    );
  });

  it('are refused without a certificate where one is wanted', async () => {
    const from = broker.command.events.length;
    const args = ['--cafile', rig.pki.path('ca.crt'), '-u', DEVICE, '-t', `${DEVICE}/attrs`, '-m', '{}'];
    expect((await rig.mosquitto('pub', broker.tls, undefined, ...args)).code).not.toBe(0);
    expect(await broker.command.event('refused', () => true, from)).toMatchObject({
      reason: 'the client sent no certificate',
    });
  });
});

describe('variables', () => {
  it('name the services, exactly', async () => {
    const other = await rig.broker({
      PLUGIN_ACL_V2K_SERVICENAME: 'reader',
      PLUGIN_ACL_K2V_SERVICENAME: 'writer,writer-2',
    });
    const subscribe = async (username: string) => {
      const client = await rig.client(other.plain, undefined, { username });
      return client.subscribeAsync('#').then(
        () => true,
        () => false,
      );
    };
    expect([await subscribe('reader'), await subscribe('v2k-bridge'), await subscribe('reader-2')]).toEqual([
      true,
      false,
      false,
    ]);
    const writer = await rig.client(other.plain, undefined, { username: 'writer-2' });
    await writer.publishAsync('a:b/config', '{}', { qos: 1 });
    expect((await other.command.interrupt()).code).toBe(0);
  });

  it('limit how long a device is connected; its session stays, and services stay connected', async () => {
    const other = await rig.broker({ PLUGIN_DISC_LIFETIME_SESSION: '300' });
    const service = await rig.client(other.plain, undefined, { username: 'k2v-bridge' });
    const session = { clientId: 'd', clean: false, properties: { sessionExpiryInterval: 1000 } };
    const device = await rig.client(other.tls, 'a1998e', session);
    const why = new Promise((resolve) => device.once('disconnect', ({ reasonCode }) => resolve(reasonCode)));
    await device.subscribeAsync(`${DEVICE}/config`, { qos: 1 });
    expect(await why).toBe(0xa0);
    await other.command.event('disconnected', ({ clientId }) => clientId === 'd');
    await service.publishAsync(`${DEVICE}/config`, '{"led":1}', { qos: 1 });
    const again = rig.mosquittoRuns(
      'sub',
      other.tls,
      'a1998e',
      ...['-V', '5', '-i', 'd', '-c', '-q', '1', '-x', '1000', '-C', '1'],
      '-t',
      `${DEVICE}/config`,
    );
    expect((await again.ended).stdout).toBe('{"led":1}\n');
  });

  it('that are wrong are all named, and nothing is started', async () => {
    const wrong = { CRL_UPDATE_TIME: 'hourly', PLUGIN_ACL_CHAIN: 'maybe', CERTIFICATE_ACL_URL: 'http://a/' };
    const command = rig.broker(wrong);
    await expect(command).rejects.toThrow(/code 2/);
    await expect(command).rejects.toThrow(
      /CRL_UPDATE_TIME is "hourly": [\s\S]*PLUGIN_ACL_CHAIN is "maybe"[\s\S]*CERTIFICATE_ACL_URL is a variable of generation 3/,
    );
  });
});

describe('--state', () => {
  it('keeps sessions and their messages over a restart', async () => {
    const state = ['--state', `${rig.folder}/state`];
    const session = ['-i', 'kept', '-c', '-q', '1', '-t', `${DEVICE}/config`];
    const first = await rig.broker({}, ...state);
    await rig.mosquitto('sub', first.tls, 'a1998e', ...session, '-E');
    const config = ['-u', 'k2v-bridge', '-t', `${DEVICE}/config`, '-m', '{"led":1}', '-q', '1'];
    await rig.mosquitto('pub', first.plain, undefined, ...config);
    expect((await first.command.interrupt()).code).toBe(0);
    const second = await rig.broker({}, ...state);
    expect((await rig.mosquitto('sub', second.tls, 'a1998e', ...session, '-C', '1')).stdout).toBe('{"led":1}\n');
  });

  it('that is no folder is an error that names it', async () => {
    const file = rig.pki.path('ca.crt');
    await expect(rig.broker({}, '--state', file)).rejects.toThrow(`--state ${file}: `);
  });
});

describe('options that do not go together', () => {
  it.each([
    [['--services-port', '0'], '--services-port is for --generation 3'],
    [['-p', '0'], '-p: --profile dojot has one plain port'],
  ])('are refused: %o', async (args, message) => {
    await expect(rig.broker({}, ...args)).rejects.toThrow(message);
  });
});
