// needs: mosquitto, mosquitto_passwd
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { AccessBroker, type Kind, publishCode, received, type Setup, type Who } from './access-rig.js';
import { done } from './child.js';
import { temporaryFolder } from './temporary.js';

const KINDS: readonly Kind[] = ['mosquitto', 'wasmqtt'];

let passwords: string;
const brokers: AccessBroker[] = [];

beforeAll(async () => {
  const { folder, remove } = temporaryFolder();
  const file = join(folder, 'passwords');
  const users = { admin: 'a', ann: 'secret', 'b c': 'x', dot: 'd', '+': 'p' };
  for (const [at, [name, password]] of Object.entries(users).entries()) {
    await done('mosquitto_passwd', [...(at === 0 ? ['-c'] : []), '-b', file, name, password]);
  }
  await done('mosquitto_passwd', ['-H', 'sha512', '-b', file, 'old', 'o']);
  passwords = readFileSync(file, 'utf8');
  remove();
});

afterEach(async () => {
  for (const broker of brokers.splice(0)) await broker.stop();
});

/** What each kind of broker does. */
async function both<T>(setup: Setup, ask: (broker: AccessBroker) => Promise<T>): Promise<{ theirs: T; ours: T }> {
  const [theirs, ours] = await Promise.all(
    KINDS.map(async (kind) => {
      const broker = await AccessBroker.start(kind, setup);
      brokers.push(broker);
      return ask(broker);
    }),
  );
  return { theirs, ours };
}

async function rows<Row, T>(setup: Setup, table: readonly Row[], ask: (broker: AccessBroker, row: Row) => Promise<T>) {
  const { theirs, ours } = await both(setup, async (broker) => {
    const answers: string[] = [];
    for (const row of table) answers.push(`${JSON.stringify(row)}: ${JSON.stringify(await ask(broker, row))}`);
    return answers;
  });
  expect(ours).toEqual(theirs);
  return theirs;
}

describe('who may come in, row by row as mosquitto', () => {
  const people: Who[] = [
    {},
    { user: 'ann', password: 'secret' },
    { user: 'ann', password: 'wrong' },
    { user: 'ann' },
    { user: 'eve', password: 'x' },
    { user: 'b c', password: 'x' },
    { user: 'old', password: 'o' },
    { user: 'old', password: 'x' },
    { user: 'plain', password: 'plain' },
  ];
  const table = people.flatMap((who) => [4, 5].map((version) => ({ ...who, version }) as Who));

  it.each<[string, string]>([
    ['a password file', 'listener PORT 127.0.0.1\npassword_file DIR/p\n'],
    ['a password file and anonymous clients', 'listener PORT 127.0.0.1\nallow_anonymous true\npassword_file DIR/p\n'],
    ['neither', 'listener PORT 127.0.0.1\n'],
    ['anonymous clients', 'listener PORT 127.0.0.1\nallow_anonymous true\n'],
    ['nobody, by word', 'listener PORT 127.0.0.1\nallow_anonymous false\n'],
    ['an empty password file', 'listener PORT 127.0.0.1\npassword_file DIR/empty\n'],
    ['port', 'port PORT\nbind_address 127.0.0.1\nallow_anonymous true\n'],
  ])('%s', async (_, conf) => {
    const files = { p: `${passwords}plain:plain\n`, empty: '' };
    await rows({ conf, files }, table, (broker, who) => broker.code(who));
  });

  it.each<[string, string]>([
    ['no listener', ''],
    ['no listener, and a password file', 'password_file DIR/p\n'],
  ])('%s', async (_, conf) => {
    const setup = { conf, files: { p: passwords }, args: ['-p', 'PORT'] };
    await rows(setup, table, (broker, who) => broker.code(who));
  });

  it('without a listener allow_anonymous false keeps everybody out, where mosquitto lets everybody in', async () => {
    const setup = { conf: 'allow_anonymous false\n', args: ['-p', 'PORT'] };
    expect(await both(setup, (broker) => broker.code({}))).toEqual({ theirs: 0, ours: 135 });
  });

  it('settings for each listener', async () => {
    const conf =
      'per_listener_settings true\nlistener PORT 127.0.0.1\nallow_anonymous true\nlistener PORT2 127.0.0.1\npassword_file DIR/p\n';
    for (const second of [false, true]) {
      await rows({ conf, files: { p: passwords } }, table, (broker, who) => broker.code(who, second));
    }
  });

  it('client ids with a prefix', async () => {
    const conf = 'listener PORT 127.0.0.1\nallow_anonymous true\nclientid_prefixes dev-\n';
    const ids = ['dev-1', 'dev', 'x', 'dev-'].flatMap((id) => [4, 5].map((version) => ({ id, version }) as Who));
    await rows({ conf }, ids, (broker, who) => broker.code(who));
  });
});

const ACL = `# what everybody without a name may do
topic read open/#
topic write in
topic deny open/secret
topic readwrite both/+/x
topic end
topic read $other/end

user admin
topic #
topic $SYS/#
topic $other/#

user ann
topic read r/a b
topic write w/#
topic deny w/no
topic deny w/never/#
topic readwrite u/ann
topic end
topic read $other/end

user b c
topic b
topic end
topic read $other/end

user +
topic end
topic read $other/end

user dot
topic end
topic read $other/end

pattern read c/%c/in
pattern write c/%c/out
pattern u/%u/#
pattern deny u/ann/no
pattern x%u/y%c
pattern end
`;

const TOPICS = [
  'open',
  'open/a',
  'open/secret',
  'in',
  'both/1/x',
  'both/1/y',
  'r/a b',
  'w',
  'w/a',
  'w/no',
  'w/never',
  'w/never/x',
  'b',
  'c/id/in',
  'c/id/out',
  'c/other/in',
  'u/ann',
  'u/ann/a',
  'u/ann/no',
  'u/b c/x',
  'u//x',
  'xann/yid',
  'xb c/yid',
  '$SYS/fake',
  '$other/a',
];

const CLIENTS: Who[] = [
  { id: 'id' },
  { id: 'id', user: 'ann', password: 'secret' },
  { id: 'id', user: 'b c', password: 'x' },
  { id: 'id', user: 'dot', password: 'd' },
  { id: '+', user: 'dot', password: 'd' },
  { id: 'a/b', user: 'dot', password: 'd' },
  { id: 'id', user: '+', password: 'p' },
];

describe('who may do what, row by row as mosquitto', () => {
  const setup = (acl: string): Setup => ({
    conf: 'listener PORT 127.0.0.1\nallow_anonymous true\npassword_file DIR/p\nacl_file DIR/acl\nsys_interval 0\n',
    files: { p: passwords, acl },
  });
  const admin: Who = { id: 'admin', user: 'admin', password: 'a' };
  const topics = TOPICS.filter((topic) => !topic.startsWith('$SYS'));

  it.each([4, 5] as const)('messages of clients of version %i', async (version) => {
    const answers = await rows(setup(ACL), CLIENTS, async (broker, who) => {
      const watcher = await broker.client(admin);
      await watcher.subscribeAsync(['#', '$other/#']);
      const client = await broker.client({ ...who, version });
      const came = received(watcher, 'end');
      const codes: Record<string, number> = {};
      for (const topic of topics) codes[topic] = await publishCode(client, topic);
      await watcher.publishAsync('end', '');
      return { codes, came: await came };
    });
    // A table that allows nothing, or everything, would compare nothing.
    expect(answers.join()).toMatch(/"came":\[[^\]]*"w\/a"/);
    expect(answers.join()).toContain(version === 5 ? '"w/no":135' : '"w/no":0');
  });

  it.each([4, 5] as const)('subscriptions of clients of version %i', async (version) => {
    const filters = ['#', 'open/#', 'r/a b', 'w/no', 'u/+/#', '$other/#', 'nothing', 'end'];
    const answers = await rows(setup(ACL), CLIENTS, async (broker, who) => {
      const publisher = await broker.client(admin);
      const client = await broker.client({ ...who, version });
      const granted = await client.subscribeAsync(filters, { qos: 1 });
      const came = received(client, 'end');
      for (const topic of topics) await publisher.publishAsync(topic, 'x', { qos: 1 });
      await publisher.publishAsync('end', '');
      return { granted: granted.map(({ qos }) => qos), came: [...new Set(await came)] };
    });
    expect(answers.join()).toMatch(/"came":\[[^\]]*"r\/a b"/);
  });

  it('retained messages are judged when they are sent', async () => {
    await rows(setup(ACL), CLIENTS, async (broker, who) => {
      const publisher = await broker.client(admin);
      for (const topic of [...topics, '$other/end']) {
        await publisher.publishAsync(topic, 'x', { qos: 1, retain: true });
      }
      const client = await broker.client(who);
      const came = received(client, '$other/end');
      await client.subscribeAsync('#');
      // Not for the first subscription: it comes after what that brings.
      await client.subscribeAsync('$other/end');
      return (await came).sort();
    });
  });

  it('an empty ACL file allows nothing', async () => {
    const conf = 'listener PORT 127.0.0.1\nallow_anonymous true\nacl_file DIR/acl\n';
    const answers = await rows({ conf, files: { acl: '' } }, ['a', 'b/c'], async (broker, topic) =>
      publishCode(await broker.client({}), topic),
    );
    expect(answers).toEqual(['"a": 135', '"b/c": 135']);
  });
});

describe('what SIGHUP brings, as mosquitto', () => {
  it('new passwords and a new ACL', async () => {
    const setup: Setup = {
      conf: 'listener PORT 127.0.0.1\npassword_file DIR/p\nacl_file DIR/acl\n',
      files: { p: passwords, acl: 'user ann\ntopic a\n' },
    };
    const { theirs, ours } = await both(setup, async (broker) => {
      const ann = { user: 'ann', password: 'secret', id: 'ann' };
      const client = await broker.client(ann);
      const before = [await publishCode(client, 'a'), await publishCode(client, 'b')];
      broker.write('acl', 'user ann\ntopic b\n');
      broker.write(
        'p',
        passwords
          .split('\n')
          .filter((line) => !line.startsWith('old:'))
          .join('\n'),
      );
      await broker.reload();
      // The answer to a CONNECT that comes after the signal: what was read is in use.
      const old = await broker.code({ user: 'old', password: 'o' });
      return { before, after: [await publishCode(client, 'a'), await publishCode(client, 'b')], old };
    });
    expect(ours).toEqual(theirs);
    expect(theirs).toEqual({ before: [0, 135], after: [135, 0], old: 135 });
  });
});
