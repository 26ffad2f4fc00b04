import { describe, expect, it } from 'vitest';
import { readPasswordFile } from '../../../../../host/broker/rules/mosquitto/password-file.js';
import {
  checkPassword,
  hashPassword,
  type PasswordHash,
  readPasswordHash,
  writePasswordHash,
} from '../../../../../host/broker/rules/mosquitto/password-hash.js';

// Lines that mosquitto_passwd 2.0.11 wrote.
const SECRET =
  '$7$101$pCZtZlgY+dBEhthf$NyTZuetd46x/4hW+8dxg7mJod0NAeQWrWNCaD2hTCIxC5MsNo2TwOnhBtnAdwVKfUwmQv2PaVASoUwfWFm1ydw==';
const C3 =
  '$6$XLeEDPE99chIDC7t$nal2A38uB0ZN+eLugD1dBUqDwFeuMh9HlH/OhGWuTb1WAkn4PCiil647kkW0TyFHx85TpJB0oRj3rzahtkwGEA==';

const read = (text: string) => readPasswordHash(text) as PasswordHash;
const bytes = (text: string) => new TextEncoder().encode(text);

describe('a password hash', () => {
  it.each([
    ['PBKDF2', SECRET, 'secret'],
    ['salted SHA-512', C3, 'c3'],
  ])('of mosquitto_passwd accepts its password and no other: %s', async (_, text, password) => {
    expect(await checkPassword(read(text), bytes(password))).toBe(true);
    for (const wrong of ['', `${password} `, password.toUpperCase(), password.slice(1)]) {
      expect(await checkPassword(read(text), bytes(wrong))).toBe(false);
    }
  });

  it.each([SECRET, C3])('is written as it was read: %s', (text) => {
    expect(writePasswordHash(read(text))).toBe(text);
  });

  it.each(['sha512', 'sha512-pbkdf2'] as const)('is made with another salt each time: %s', async (scheme) => {
    const [one, other] = [await hashPassword('pässword', scheme), await hashPassword('pässword', scheme)];
    expect(one.salt.equals(other.salt)).toBe(false);
    for (const hash of [one, other]) {
      expect(await checkPassword(read(writePasswordHash(hash)), bytes('pässword'))).toBe(true);
    }
  });

  it('of many iterations is checked in another thread, while the event loop goes on', async () => {
    const hash = await hashPassword('x', 'sha512-pbkdf2', 200_000);
    const answer = checkPassword(hash, bytes('x'));
    expect(answer).toBeInstanceOf(Promise);
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    expect(await answer).toBe(true);
    clearInterval(timer);
    expect(turns).toBeGreaterThan(0);
  });

  it.each<[string, string]>([
    ['', 'the password is not hashed'],
    ['secret', 'the password is not hashed'],
    ['$5$AAAA$AAAA', 'the hash $5$ is not known; $7$ and $6$ are'],
    ['$7$x', 'a hash $7$ has another number of fields'],
    ['$6$AAAA$AAAA$AAAA', 'a hash $6$ has another number of fields'],
    ['$7$0$AAAA$AAAA', 'the number of iterations is not from 1 to 100000000'],
    ['$7$999999999$AAAA$AAAA', 'the number of iterations is not from 1 to 100000000'],
    ['$7$1e3$AAAA$AAAA', 'the number of iterations is not from 1 to 100000000'],
    ['$6$AA_A$AAAA', 'the salt is not base64'],
    ['$6$$AAAA', 'the salt is not base64'],
    ['$6$AAAA$AAAA', 'the hash is not the base64 of 64 bytes'],
  ])('is refused with the reason: %s', (text, reason) => {
    expect(readPasswordHash(text)).toBe(reason);
  });
});

describe('a password file', () => {
  it('has a user in each line; comments, lines without a colon and line ends of Windows do not matter', () => {
    const { table, mistakes } = readPasswordFile(`# users\r\nann:${SECRET}\r\n\r\nnocolon\r\nb c:${C3}`);
    expect([...table.keys()]).toEqual(['ann', 'b c']);
    expect(mistakes).toEqual([]);
  });

  it('leaves out a line that cannot be used, and says which', () => {
    const { table, mistakes } = readPasswordFile(`ann:plain\nbob:${SECRET}\ncy:$5$a$b\n:${C3}\nbob:${C3}\n`);
    expect([...table.keys()]).toEqual(['bob']);
    expect(table.get('bob')).toMatchObject({ scheme: 'sha512-pbkdf2' });
    expect(mistakes).toEqual([
      {
        line: 1,
        message:
          '"ann" cannot come in: the password is not hashed; hash the passwords of the file with "wasmqtt passwd -U FILE"',
      },
      {
        line: 3,
        message:
          '"cy" cannot come in: the hash $5$ is not known; $7$ and $6$ are; set the password again with "wasmqtt passwd FILE NAME"',
      },
      { line: 4, message: 'a user name has 1 to 65535 bytes; remove the line' },
      { line: 5, message: 'the user "bob" has a line already, which counts; remove this one' },
    ]);
  });
});
