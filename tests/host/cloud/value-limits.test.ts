import { describe, expect, it } from 'vitest';
import { ACCOUNT, openStore, SID, storeError } from './cloud-rig.js';

describe('keys', () => {
  it('may be any 1 to 100 printable ASCII characters', async () => {
    const store = openStore();
    const printable = Array.from({ length: 95 }, (_, index) => String.fromCharCode(0x20 + index));
    const keys = [...printable, 'k'.repeat(100), printable.join('')];
    await store.write(keys.map((key) => ({ op: 'set', scope: ACCOUNT, store: 'configs', key, value: `of ${key}` })));
    expect(keys.filter((key) => store.get(ACCOUNT, 'configs', key)?.value !== `of ${key}`)).toEqual([]);
  });

  it.each([
    ['', 'is empty'],
    ['k'.repeat(101), 'has 101 characters'],
    ['schlüssel', 'not printable ASCII at position 5'],
    ['a\nb', 'not printable ASCII at position 2'],
    ['\x7f', 'not printable ASCII at position 1'],
  ])('are refused otherwise: %j', async (key, reason) => {
    const store = openStore();
    for (const call of [
      () => store.create(ACCOUNT, 'configs', key, 'v'),
      () => store.update(ACCOUNT, 'configs', key, 'v'),
      () => store.delete(ACCOUNT, 'configs', key),
      () => store.get(ACCOUNT, 'configs', key),
      () => store.write([{ op: 'set', scope: ACCOUNT, store: 'configs', key, value: 'v' }]),
    ]) {
      const error = await storeError(call);
      expect(error.code).toBe('invalid-key');
      expect(error.message).toContain(reason);
      expect(error.message).toContain('use 1 to 100 printable ASCII characters');
    }
    expect(store.list(ACCOUNT, 'configs')).toEqual([]);
  });
});

describe('values', () => {
  it.each([
    ['empty', ''],
    ['4096 letters', 'v'.repeat(4096)],
    ['4096 characters outside the basic plane', '\u{1f512}'.repeat(4096)],
    ['control characters and NUL', 'a\0b\r\n\u2028'],
  ])('may be %s', async (_, value) => {
    const store = openStore();
    await store.create(ACCOUNT, 'configs', 'k', value);
    expect(store.fetch(ACCOUNT, 'configs', 'k').value).toBe(value);
  });

  it.each([
    ['v'.repeat(4097), '4097 characters'],
    ['\u{1f512}'.repeat(4097), '4097 characters'],
    ['half of a pair: \ud83d', 'not well-formed'],
  ])('are refused when too long or malformed, without being repeated in the message', async (value, reason) => {
    const store = openStore();
    const error = await storeError(() => store.create(ACCOUNT, 'secrets', 'cert', value));
    expect(error.code).toBe('invalid-value');
    expect(error.message).toContain('"cert"');
    expect(error.message).toContain(reason);
    expect(error.message).not.toContain(value.slice(0, 8));
    expect(store.get(ACCOUNT, 'secrets', 'cert')).toBeUndefined();
  });
});

describe('device SIDs', () => {
  it.each(['', 'my-device', SID.slice(0, -1), `${SID}0`, `uv${SID.slice(2)}`, `UV${'g'.repeat(32)}`])(
    'are "UV" and 32 hex digits, so %j is refused',
    async (deviceSid) => {
      const error = await storeError(() => openStore().get({ kind: 'device', deviceSid }, 'configs', 'k'));
      expect(error.code).toBe('invalid-device-sid');
    },
  );
});
