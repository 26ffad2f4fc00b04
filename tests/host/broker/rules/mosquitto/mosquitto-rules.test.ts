import { describe, expect, it } from 'vitest';
import { AccessList } from '../../../../../host/broker/rules/mosquitto/access-list.js';
import { readAclFile } from '../../../../../host/broker/rules/mosquitto/acl-file.js';
import { type MosquittoAccess, MosquittoRules } from '../../../../../host/broker/rules/mosquitto/mosquitto-rules.js';
import { readPasswordFile } from '../../../../../host/broker/rules/mosquitto/password-file.js';
import { hashPassword, writePasswordHash } from '../../../../../host/broker/rules/mosquitto/password-hash.js';
import { certificateOf, text, World } from '../../world.js';

const line = async (name: string, password: string, iterations = 101) =>
  `${name}:${writePasswordHash(await hashPassword(password, 'sha512-pbkdf2', iterations))}`;
const passwordsOf = async (...lines: Promise<string>[]) =>
  readPasswordFile((await Promise.all(lines)).join('\n')).table;
const aclOf = (file: string) => new AccessList(readAclFile(file).file);

const world = (access: Partial<MosquittoAccess>) =>
  new World({ rules: new MosquittoRules({ allowAnonymous: false, ...access }) });

/** The answers of slow rules come in a later turn of the event loop. */
async function reasonCode(
  place: World,
  userName?: string,
  password?: string,
  protocolVersion: 4 | 5 = 5,
): Promise<number> {
  const client = place.open(protocolVersion);
  const secret = password === undefined ? undefined : text(password);
  const connect = { type: 'connect', protocolVersion, cleanStart: true, keepAlive: 0, clientId: 'c' } as const;
  client.send({ ...connect, userName, password: secret });
  while (client.received.length === 0) await new Promise((resolve) => setImmediate(resolve));
  return client.next('connack').reasonCode;
}

describe('who may come in', () => {
  it.each([
    ['the right password', 'ann', 'secret', 0, 0],
    ['a wrong password', 'ann', 'Secret', 0x87, 5],
    ['no password', 'ann', undefined, 0x87, 5],
    ['an unknown name', 'bob', 'secret', 0x87, 5],
    ['no name', undefined, undefined, 0x87, 5],
  ])('is who knows a password: %s', async (_, name, password, v5, v3) => {
    const passwords = await passwordsOf(line('ann', 'secret'));
    expect(await reasonCode(world({ passwords }), name, password)).toBe(v5);
    expect(await reasonCode(world({ passwords }), name, password, 4)).toBe(v3);
  });

  it('is everybody without a name, and nobody with a wrong one, where anonymous clients are allowed', async () => {
    const passwords = await passwordsOf(line('ann', 'secret'));
    const access = { passwords, allowAnonymous: true };
    expect(await reasonCode(world(access))).toBe(0);
    expect(await reasonCode(world(access), 'ann', 'wrong')).toBe(0x87);
    expect(await reasonCode(world(access), 'bob', 'x')).toBe(0x87);
  });

  it.each(['', undefined])(
    'is nobody with the password %j, even where the file has the hash of an empty one',
    async (password) => {
      const passwords = await passwordsOf(line('ann', ''));
      expect(await reasonCode(world({ passwords }), 'ann', password)).toBe(0x87);
    },
  );

  it('is nobody while a password file is empty', async () => {
    expect(await reasonCode(world({ passwords: new Map() }), 'ann', 'x')).toBe(0x87);
  });

  it('is found out while others are served, when a hash has many iterations', async () => {
    const place = world({ passwords: await passwordsOf(line('ann', 'secret', 100_000)), allowAnonymous: true });
    const answer = reasonCode(place, 'ann', 'secret');
    expect(place.connect({ clientId: 'other' }).connack.reasonCode).toBe(0);
    expect(await answer).toBe(0);
  });

  it.each([
    ['common-name', 'device-1'],
    ['subject', 'CN=device-1'],
  ] as const)('is who has a certificate: its %s is the name', (certificateUser, userName) => {
    const place = world({ certificateUser });
    place.connect({ userName: 'ann' }, { tls: { certificate: certificateOf('device-1') } });
    expect(place.eventsOf('connected')).toMatchObject([{ userName }]);
    expect(place.connect({ clientId: 'bare' }).connack.reasonCode).toBe(4);
  });

  it('has its user name for a client id, where that is asked for, and needs one', () => {
    const place = world({ allowAnonymous: true, userNameAsClientId: true });
    const first = place.connect({ protocolVersion: 5, clientId: '', userName: 'ann' });
    expect(first.connack.properties?.assignedClientIdentifier).toBe('ann');
    place.connect({ protocolVersion: 5, clientId: 'second', userName: 'ann' });
    expect(first.next('disconnect').reasonCode).toBe(0x8e);
    expect(place.eventsOf('connected').map(({ clientId }) => clientId)).toEqual(['ann', 'ann']);
    expect(place.connect({ clientId: 'ann' }).connack.reasonCode).toBe(5);
  });

  it('has the name of its certificate for a client id, also when its password takes time', async () => {
    const certificate = certificateOf('device-1');
    const named = world({ certificateUser: 'common-name', userNameAsClientId: true });
    named.connect({ clientId: 'x' }, { tls: { certificate } });
    expect(named.eventsOf('connected')).toMatchObject([{ clientId: 'device-1' }]);
    const slow = world({ passwords: await passwordsOf(line('ann', 'secret', 1000)), userNameAsClientId: true });
    expect(await reasonCode(slow, 'ann', 'secret')).toBe(0);
    expect(slow.eventsOf('connected')).toMatchObject([{ clientId: 'ann' }]);
    expect(await reasonCode(slow, 'ann', 'wrong')).not.toBe(0);
  });

  it('is who has a client id with the prefix', () => {
    const place = world({ allowAnonymous: true, clientIdPrefix: 'a-' });
    expect(place.connect({ clientId: 'a-1' }).connack.reasonCode).toBe(0);
    expect(place.connect({ clientId: 'b-1', protocolVersion: 5 }).connack.reasonCode).toBe(0x87);
    expect(place.eventsOf('refused')).toMatchObject([{ reason: 'client ids begin with a-' }]);
  });
});

describe('who may do what', () => {
  const acl = aclOf('topic read open\ntopic write in\n');

  it('a message that may not be written is acknowledged and dropped in 3.1.1, and refused with 0x87 in 5', () => {
    const place = world({ allowAnonymous: true, acl });
    const old = place.connect({ clientId: 'old' });
    const young = place.connect({ clientId: 'young', protocolVersion: 5 });
    for (const client of [old, young]) {
      client.send({
        type: 'publish',
        topic: 'open',
        qos: 1,
        packetId: 1,
        retain: false,
        dup: false,
        payload: text('x'),
      });
    }
    expect(old.next('puback').reasonCode).toBe(0);
    expect(young.next('puback').reasonCode).toBe(0x87);
    expect([old.isClosed, young.isClosed]).toEqual([false, false]);
    expect(place.eventsOf('published')).toEqual([]);
  });

  it('every subscription is granted, and what may not be read is not delivered', () => {
    const place = world({ allowAnonymous: true, acl });
    const client = place.connect();
    expect([...client.subscribe('#'), ...client.subscribe('secret')]).toEqual([0, 0]);
    place.engine.publish('secret', 'x');
    place.engine.publish('open', 'y');
    expect(client.next('publish').topic).toBe('open');
    expect(client.received).toEqual([]);
  });
});

describe('new tables', () => {
  it('hold at once, for clients that are connected too', () => {
    const rules = new MosquittoRules({ allowAnonymous: true });
    const place = new World({ rules });
    const client = place.connect();
    client.subscribe('a');
    rules.replace({ allowAnonymous: true, acl: aclOf('topic b') });
    place.engine.publish('a', 'x');
    expect(client.received).toEqual([]);
    rules.replace({ allowAnonymous: true, acl: aclOf('topic a') });
    place.engine.publish('a', 'x');
    expect(client.next('publish').topic).toBe('a');
  });
});
