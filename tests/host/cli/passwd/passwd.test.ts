// needs: mosquitto_passwd, script
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Child, done, type Ended } from '../../../interop/child.js';
import { CLI, Command, cleanEnvironment } from '../../../interop/command.js';
import { temporaryFolder } from '../../../interop/temporary.js';

let temporary: ReturnType<typeof temporaryFolder>;
let file: string;

beforeEach(() => {
  temporary = temporaryFolder();
  file = join(temporary.folder, 'passwords');
});

afterEach(() => temporary.remove());

const passwd = (...args: string[]): Promise<Ended> => new Command(['passwd', ...args]).ended;
const theirs = (...args: string[]) => done('mosquitto_passwd', args);
const read = () => readFileSync(file, 'utf8');
const lines = () => read().split('\n').slice(0, -1);
const mode = (path = file) => statSync(path).mode & 0o777;

const HASH_7 = /^\$7\$101\$[A-Za-z0-9+/]{16}\$[A-Za-z0-9+/]{86}==$/;
const HASH_6 = /^\$6\$[A-Za-z0-9+/]{16}\$[A-Za-z0-9+/]{86}==$/;

describe('wasmqtt passwd', () => {
  it('makes a file that only its owner can read, with one user', async () => {
    expect(await passwd('-c', '-b', file, 'ann', 'secret')).toMatchObject({ code: 0, stdout: '', stderr: '' });
    const [name, hash, ...rest] = read().trimEnd().split(':');
    expect([name, rest]).toEqual(['ann', []]);
    expect(hash).toMatch(HASH_7);
    expect(mode()).toBe(0o600);
    expect(readdirSync(temporary.folder)).toEqual(['passwords']);
  });

  it('overwrites a file with -c', async () => {
    writeFileSync(file, 'bob:x\n');
    expect((await passwd('-c', '-b', file, 'ann', 'secret')).code).toBe(0);
    expect(lines().map((line) => line.split(':')[0])).toEqual(['ann']);
  });

  it('adds and changes a user, and keeps every other line', async () => {
    const others = ['# comment', '', 'no colon', 'bob:$6$AAAA$AAAA'];
    writeFileSync(file, `${others.join('\n')}\nann:old\nann:older`);
    expect((await passwd('-b', file, 'ann', 'secret')).code).toBe(0);
    expect((await passwd('-b', '-H', 'sha512', file, 'carol', 'secret')).code).toBe(0);
    expect(lines().slice(0, 4)).toEqual(others);
    expect(lines()[4].slice('ann:'.length)).toMatch(HASH_7);
    expect(lines()[5].slice('carol:'.length)).toMatch(HASH_6);
    expect(lines()).toHaveLength(6);
  });

  it('deletes a user, and fails for one that is not there', async () => {
    writeFileSync(file, '# comment\nann:x\nbob:y\n');
    expect((await passwd('-D', file, 'ann')).code).toBe(0);
    expect(read()).toBe('# comment\nbob:y\n');
    expect(await passwd('-D', file, 'ann')).toMatchObject({
      code: 1,
      stderr: `wasmqtt: ${file}: there is no user ann; nothing was written\n`,
    });
    expect(read()).toBe('# comment\nbob:y\n');
  });

  it('hashes the plain passwords of a file, and leaves those that are hashed', async () => {
    await passwd('-c', '-b', file, 'carol', 'c');
    const hashed = read();
    writeFileSync(file, `# users\nann:secret\r\n${hashed}bob:with:colon\n`);
    const { code, stderr, stdout } = await passwd('-U', '--json', file);
    expect({ code, stderr }).toEqual({ code: 0, stderr: `${file}: hashed already, and kept as they are: carol\n` });
    expect(JSON.parse(stdout)).toEqual({ event: 'passwd', file, done: 'upgraded', users: ['ann', 'bob'] });
    expect(lines().map((line) => line.split(':')[0])).toEqual(['# users', 'ann', 'carol', 'bob']);
    expect(read()).toContain(hashed);
    expect(read()).not.toMatch(/secret|with/);
  });

  it('writes nothing when a line of -U has no password', async () => {
    writeFileSync(file, 'ann:secret\nbob:\n');
    const { code, stderr } = await passwd('-U', file);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: `wasmqtt: ${file}:2: the password is missing; nothing was written: complete or remove the line\n`,
    });
    expect(read()).toBe('ann:secret\nbob:\n');
  });
});

describe('the file', () => {
  it('is reached through a symbolic link, which stays', async () => {
    const target = join(temporary.folder, 'target');
    writeFileSync(target, 'bob:x\n');
    symlinkSync('target', file);
    expect((await passwd('-b', file, 'ann', 'secret')).code).toBe(0);
    expect(readlinkSync(file)).toBe('target');
    expect(readFileSync(target, 'utf8')).toMatch(/^bob:x\nann:\$7\$/);
  });

  it('is made behind a symbolic link whose target is not there yet', async () => {
    symlinkSync('target', file);
    expect((await passwd('-c', '-b', file, 'ann', 'secret')).code).toBe(0);
    expect(readlinkSync(file)).toBe('target');
    expect(existsSync(join(temporary.folder, 'target'))).toBe(true);
  });

  it.each([
    ['others can read becomes its owner’s alone', 0o644, 0o600],
    ['a group may read stays so', 0o640, 0o640],
    ['its owner alone can read stays so', 0o600, 0o600],
  ])('that %s', async (_, before, after) => {
    writeFileSync(file, 'bob:x\n');
    chmodSync(file, before);
    await passwd('-b', file, 'ann', 'secret');
    expect(mode()).toBe(after);
  });

  it('stays as it was when it cannot be written', async () => {
    const folder = join(temporary.folder, 'sub');
    mkdirSync(folder);
    const { code, stderr } = await passwd('-c', '-b', folder, 'ann', 'secret');
    expect(code).toBe(1);
    expect(stderr).toBe(
      `wasmqtt: the password file ${folder} cannot be written: ${folder} is not a file; it is as it was\n`,
    );
    expect(readdirSync(temporary.folder)).toEqual(['sub']);
  });

  it('has to be there without -c', async () => {
    const { code, stderr } = await passwd('-b', file, 'ann', 'secret');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^wasmqtt: the password file \S+ cannot be read: ENOENT.*; make a new file with -c\n$/);
  });
});

describe('a password', () => {
  it('is typed twice and not shown', async () => {
    const line = [process.execPath, CLI, 'passwd', '-c', file, 'ann'].map((word) => `'${word}'`).join(' ');
    const terminal = new Child('script', ['--quiet', '--return', '--command', line, '/dev/null'], {
      env: cleanEnvironment({ NO_COLOR: '1' }),
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const prompt = (text: string) => terminal.until(text, () => (terminal.stdout.includes(text) ? true : undefined));
    await prompt('Password: ');
    terminal.type('secret\r');
    await prompt('Reenter password: ');
    terminal.type('secret\r');
    const { code, stdout } = await terminal.ended;
    expect(code).toBe(0);
    expect(stdout).not.toContain('secret');
    expect(read()).toMatch(/^ann:\$7\$/);
  });

  it.each([
    ['one line', 'secret\n', 0, ''],
    ['two lines', 'secret\nsecret\n', 0, ''],
    ['two that differ', 'secret\nother\n', 1, 'wasmqtt: the two passwords differ; nothing was written, try again\n'],
    ['none', '', 1, 'wasmqtt: the password is empty; type one, or give it with -b\n'],
  ])('comes from standard input when there is no terminal: %s', async (_, input, code, stderr) => {
    const child = new Child(process.execPath, [CLI, 'passwd', '-c', file, 'ann'], {
      env: cleanEnvironment(),
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    child.type(input);
    child.closeInput();
    expect(await child.ended).toMatchObject({ code, stderr, stdout: '' });
    expect(existsSync(file)).toBe(code === 0);
  });
});

describe('wrong usage ends with exit code 2 and writes nothing', () => {
  it.each<[string[], RegExp]>([
    [['-b', 'FILE', 'ann'], /^wasmqtt: -b needs the password behind the user name\n$/],
    [['FILE', 'ann', 'secret'], /^wasmqtt: a password on the command line needs -b: /],
    [['FILE'], /^wasmqtt: the user name is missing; give it behind the file\n$/],
    [['-c', '-D', 'FILE', 'ann'], /^wasmqtt: -c and -D exclude each other: /],
    [['-U', 'FILE', 'ann'], /^wasmqtt: -U takes the file alone: /],
    [['-U', '-c', 'FILE'], /^wasmqtt: -U goes alone: /],
    [
      ['-b', 'FILE', 'a:b', 'x'],
      /^wasmqtt: the user name "a:b" has a colon, which ends the name in the file; choose another one\n$/,
    ],
    [['-b', 'FILE', '', 'x'], /^wasmqtt: the user name "" is empty; choose another one\n$/],
    [['-b', 'FILE', '#a', 'x'], /^wasmqtt: the user name "#a" begins with #, /],
    [['-b', 'FILE', 'a\nb', 'x'], /^wasmqtt: the user name "a\\nb" has a line end; /],
    [['-b', 'FILE', 'ann', ''], /^wasmqtt: the password is empty; give another one\n$/],
    [['-H', 'md5', '-b', 'FILE', 'ann', 'x'], /Allowed choices are sha512, sha512-pbkdf2/],
  ])('%j', async (args, sentence) => {
    const { code, stdout, stderr } = await passwd(...args.map((arg) => (arg === 'FILE' ? file : arg)));
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(sentence);
    expect(existsSync(file)).toBe(false);
  });
});

describe('mosquitto_passwd and wasmqtt passwd', () => {
  it('change the files of each other', async () => {
    await theirs('-c', '-b', file, 'ann', 'a');
    await passwd('-b', file, 'bob', 'b');
    await theirs('-H', 'sha512', '-b', file, 'carol', 'c');
    await passwd('-b', '-H', 'sha512', file, 'dave', 'd');
    await theirs('-D', file, 'ann');
    await passwd('-D', file, 'carol');
    await theirs('-b', file, 'bob', 'other');
    const kinds = lines().map((line) => line.replace(/^(\w+):\$(\d)\$.*$/, '$1 $2'));
    expect(kinds).toEqual(['bob 7', 'dave 6']);
  });

  it('hash the passwords of the same plain file', async () => {
    const plain = 'ann:secret\nbob:other\n';
    const forms: string[][] = [];
    for (const upgrade of [() => theirs('-U', file), () => passwd('-U', file)]) {
      writeFileSync(file, plain);
      await upgrade();
      forms.push(lines().map((line) => line.replace(/[A-Za-z0-9+/=]{16,}/g, '…')));
    }
    expect(forms[1]).toEqual(forms[0]);
    expect(forms[0]).toEqual(['ann:$7$101$…$…', 'bob:$7$101$…$…']);
  });
});
