import { describe, expect, it } from 'vitest';
import { ACCOUNT, openValues, SID, storeError } from './cloud-rig.js';

describe('keys', () => {
  it('may be 1 to 100 printable ASCII characters, without those that end a key in an address', async () => {
    const values = await openValues();
    const all = Array.from({ length: 95 }, (_, index) => String.fromCharCode(0x20 + index));
    const printable = all.filter((character) => !'/?#%'.includes(character));
    const keys = [...printable.filter((character) => character !== '.'), 'k'.repeat(100), printable.join('')];
    await values.write(keys.map((key) => ({ op: 'set', scope: ACCOUNT, store: 'configs', key, value: `of ${key}` })));
    for (const key of keys) expect((await values.fetch(ACCOUNT, 'configs', key)).value).toBe(`of ${key}`);
  });

  it.each([
    ['', 'is empty'],
    ['k'.repeat(101), 'has 101 characters'],
    ['schlüssel', 'not printable ASCII at position 5'],
    ['a\nb', 'not printable ASCII at position 2'],
    ['\x7f', 'not printable ASCII at position 1'],
  ])('are refused otherwise: %j', async (key, reason) => {
    const values = await openValues();
    for (const call of [
      () => values.create(ACCOUNT, 'configs', key, 'v'),
      () => values.update(ACCOUNT, 'configs', key, 'v'),
      () => values.delete(ACCOUNT, 'configs', key),
      () => values.get(ACCOUNT, 'configs', key),
      () => values.write([{ op: 'set', scope: ACCOUNT, store: 'configs', key, value: 'v' }]),
    ]) {
      const error = await storeError(call);
      expect(error.code).toBe('invalid-key');
      expect(error.message).toContain(reason);
      expect(error.message).toContain('use 1 to 100 printable ASCII characters');
    }
    expect(await values.list(ACCOUNT, 'configs')).toEqual([]);
  });
});

describe('values', () => {
  it.each([
    ['empty', ''],
    ['4096 letters', 'v'.repeat(4096)],
    ['4096 characters outside the basic plane', '\u{1f512}'.repeat(4096)],
    ['control characters and NUL', 'a\0b\r\n\u2028'],
  ])('may be %s', async (_, value) => {
    const values = await openValues();
    await values.create(ACCOUNT, 'configs', 'k', value);
    expect((await values.fetch(ACCOUNT, 'configs', 'k')).value).toBe(value);
  });

  it.each([
    ['v'.repeat(4097), '4097 characters'],
    ['\u{1f512}'.repeat(4097), '4097 characters'],
    ['half of a pair: \ud83d', 'not well-formed'],
  ])('are refused when too long or malformed, without being repeated in the message', async (value, reason) => {
    const values = await openValues();
    const error = await storeError(() => values.create(ACCOUNT, 'secrets', 'cert', value));
    expect(error.code).toBe('invalid-value');
    expect(error.message).toContain('"cert"');
    expect(error.message).toContain(reason);
    expect(error.message).not.toContain(value.slice(0, 8));
    expect(await values.get(ACCOUNT, 'secrets', 'cert')).toBeUndefined();
  });
});

describe('device SIDs', () => {
  it.each(['', 'my-device', SID.slice(0, -1), `${SID}0`, `uv${SID.slice(2)}`, `UV${'g'.repeat(32)}`])(
    'are "UV" and 32 hex digits, so %j is refused',
    async (deviceSid) => {
      const values = await openValues();
      const error = await storeError(() => values.get({ kind: 'device', deviceSid }, 'configs', 'k'));
      expect(error.code).toBe('invalid-device-sid');
    },
  );
});
