import { describe, expect, it } from 'vitest';
import {
  CloudClient,
  isFinal,
  type NewValue,
  planWrites,
  readPresent,
  type Scope,
  type ValueStore,
  WriteAllError,
  type WriteAllOptions,
  writeAll,
} from '../../../host/cloud/index.js';
import { ACCOUNT, ACCOUNT_SID, AUTH_TOKEN, DEVICE, openCloud } from './cloud-rig.js';
import { type Fault, faulty } from './faulty-cloud.js';

const NEW: NewValue[] = [
  { store: 'secrets', key: 'private_key', value: 'new key' },
  { store: 'configs', key: 'broker-host', value: 'new.example.com' },
  { store: 'configs', key: 'broker-port', value: '8883' },
  { store: 'configs', key: 'root-CA', value: 'new root' },
  { store: 'configs', key: 'cert', value: 'new cert' },
];
const PASSWORD: NewValue = { store: 'secrets', key: 'password', value: 'new password' };
const OLD: NewValue[] = [
  { store: 'configs', key: 'broker-host', value: 'old.example.com' },
  { store: 'configs', key: 'broker-port', value: '8883' },
  { store: 'configs', key: 'cert', value: 'old cert' },
  { store: 'configs', key: 'other', value: 'kept' },
  { store: 'secrets', key: 'note', value: 'kept' },
];
const OLD_KEY: NewValue = { store: 'secrets', key: 'private_key', value: 'old key' };
const OLD_PASSWORD: NewValue = { store: 'secrets', key: 'password', value: 'old password' };

const FAST: WriteAllOptions = { pauses: [0, 0] };

async function all(values: ValueStore, scope: Scope): Promise<NewValue[]> {
  const lists = (['configs', 'secrets'] as const).map(async (store) =>
    (await values.list(scope, store)).map(({ key, value }) => ({ store, key, value })),
  );
  return (await Promise.all(lists)).flat();
}

const sorted = (values: NewValue[]) =>
  [...values].sort((a, b) => (`${a.store}${a.key}` < `${b.store}${b.key}` ? -1 : 1));
const over = (old: NewValue[], values: NewValue[]) =>
  sorted([...old.filter(({ key }) => !values.some((value) => value.key === key)), ...values]);

/** The store filled with old values, and a client that reaches it through a faulty server. */
async function open(old: NewValue[], fault: Fault, nth: number, scope: Scope = DEVICE) {
  // A clock that moves a second at each write, long ago: dates tell what was written.
  let time = Date.UTC(2021, 0, 1);
  const { values: stored, cloud } = await openCloud({ now: () => (time += 1000) });
  await stored.write(old.map((value) => ({ op: 'set', scope, ...value })));
  const server = await faulty(cloud.url, fault, nth);
  const client = new CloudClient({ url: server.url, accountSid: ACCOUNT_SID, authToken: AUTH_TOKEN });
  async function provision(values: NewValue[], options: WriteAllOptions = FAST) {
    const present = await readPresent(client, scope);
    const { writes } = planWrites(present, values);
    await writeAll(client, scope, writes, present.dates, options);
  }
  return { stored, server, provision };
}

async function failure(action: Promise<unknown>): Promise<WriteAllError> {
  const error = await action.then(
    () => new Error('all was written, and a WriteAllError was expected'),
    (reason) => reason,
  );
  if (error instanceof WriteAllError) return error;
  throw error;
}

describe('the plan', () => {
  it('leaves out what is there, and puts last what cannot be undone', () => {
    const present = {
      configs: new Map(OLD.filter(({ store }) => store === 'configs').map(({ key, value }) => [key, value])),
      secrets: new Map([['private_key', undefined]]),
    };
    const plan = planWrites(present, [...NEW, PASSWORD]);
    expect(plan.writes.map(({ key, how, before }) => [key, how, before])).toEqual([
      ['broker-host', 'update', 'old.example.com'],
      ['root-CA', 'create', undefined],
      ['cert', 'update', 'old cert'],
      ['password', 'create', undefined],
      ['private_key', 'update', undefined],
    ]);
    expect(plan.writes.map(isFinal)).toEqual([false, false, false, false, true]);
    expect(plan.unchanged.map(({ key }) => key)).toEqual(['broker-port']);
  });
});

it.each([
  ['account', ACCOUNT],
  ['device', DEVICE],
])('all values of the %s are written', async (_, scope) => {
  const { stored, provision } = await open([...OLD, OLD_KEY], 'refuse', 99, scope);
  await provision(NEW);
  expect(await all(stored, scope)).toEqual(over([...OLD, OLD_KEY], NEW));
});

describe.each<[string, NewValue[]]>([
  ['where the key is new', OLD],
  ['where an old key is replaced', [...OLD, OLD_KEY]],
])('a server that fails, %s', (_, old) => {
  const cases = [1, 2, 3, 4].flatMap((nth) =>
    (['refuse', 'fail', 'lose'] as const).map((fault) => [nth, fault] as const),
  );

  it.each(cases)('at write %i (%s): the old values are kept, or all are new', async (nth, fault) => {
    const { stored, server, provision } = await open(old, fault, nth);
    if (fault === 'lose' && nth === 4) {
      await provision(NEW); // the write was done, and the cloud says so when asked
      expect(await all(stored, DEVICE)).toEqual(over(old, NEW));
      return;
    }
    const error = await failure(provision(NEW));
    expect(await all(stored, DEVICE)).toEqual(sorted(old));
    expect(error.unrestored).toEqual([]);
    expect(error.message).toMatch(/^(config|secret) \S+ could not be written: .*; the old values are kept$/);
    expect(error.message).not.toContain('new key');
    expect(server.writes).toBeGreaterThanOrEqual(nth);
  });

  it.each([1, 2, 3, 4].flatMap((nth) => (['die', 'die after'] as const).map((fault) => [nth, fault] as const)))(
    'at write %i (%s): the error says exactly what holds a new value, and the same again writes all',
    async (nth, fault) => {
      const { stored, server, provision } = await open(old, fault, nth);
      const error = await failure(provision(NEW));
      const changed = (await all(stored, DEVICE)).filter(
        (value) => !old.some((was) => was.key === value.key && was.value === value.value),
      );
      const keysThat = (holds: string) =>
        error.unrestored.filter((one) => one.holds === holds).map(({ write }) => write.key);
      expect(keysThat('unknown')).toEqual([error.failed!.key]);
      expect(sortedKeys(keysThat('new'))).toEqual(
        sortedKeys(changed.map(({ key }) => key).filter((key) => key !== error.failed!.key)),
      );
      for (const { write } of error.unrestored) expect(error.message).toContain(write.key);
      expect(error.message).toMatch(/; once the cloud answers, run the same command again, which writes all of them$/);
      server.revive();
      await provision(NEW);
      expect(await all(stored, DEVICE)).toEqual(over(old, NEW));
    },
  );
});

const sortedKeys = (keys: string[]) => [...keys].sort();

describe('where two old secrets are replaced', () => {
  const old = [...OLD, OLD_KEY, OLD_PASSWORD];
  const values = [...NEW, PASSWORD];

  it.each<Fault>(['fail', 'lose'])('the second is tried again once the first is lost (%s)', async (fault) => {
    const { stored, provision } = await open(old, fault, 5);
    await provision(values);
    expect(await all(stored, DEVICE)).toEqual(over(old, values));
  });

  it('a refusal of the second leaves the first new, and the error says that its old value is lost', async () => {
    const { stored, provision } = await open(old, 'refuse', 5);
    const error = await failure(provision(values));
    expect(error.unrestored).toMatchObject([{ holds: 'new', write: { key: 'private_key' } }]);
    expect(error.message).toMatch(
      /^secret password could not be written: .*; secret private_key already hold.* \(a secret cannot be read, so its old value is lost\)/,
    );
    expect(await all(stored, DEVICE)).toEqual(over(old, [NEW[0]]));
  });
});

it('a lost answer about a secret of the same minute counts as unknown', async () => {
  const { values: stored, cloud } = await openCloud({ now: Date.now });
  const old = [OLD_KEY, OLD_PASSWORD];
  await stored.write(old.map((value) => ({ op: 'set', scope: DEVICE, ...value })));
  const server = await faulty(cloud.url, 'fail', 1);
  const client = new CloudClient({ url: server.url, accountSid: ACCOUNT_SID, authToken: AUTH_TOKEN });
  const present = await readPresent(client, DEVICE);
  const { writes } = planWrites(present, [PASSWORD, NEW[0]]);
  const error = await failure(writeAll(client, DEVICE, writes, present.dates, FAST));
  expect(error.unrestored).toMatchObject([{ holds: 'unknown', write: { key: 'password' } }]);
  expect(error.message).toContain('secret password may hold the new value or the old one');
});

it('a signal ends it between two writes, and what was written is undone', async () => {
  const { stored, server, provision } = await open(OLD, 'refuse', 99);
  // Aborted as soon as two writes were made.
  const signal = Object.defineProperty({}, 'aborted', { get: () => server.writes >= 2 }) as AbortSignal;
  const error = await failure(provision(NEW, { ...FAST, signal }));
  expect(error.message).toBe('the writing was ended; the old values are kept');
  expect(await all(stored, DEVICE)).toEqual(sorted(OLD));
});
