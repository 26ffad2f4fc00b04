import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { LogSettings, WrittenLine } from '../../../../host/cloud/index.js';
import { ACCOUNT_SID, openStore, SID, storeError, temporaryFolder } from '../cloud-rig.js';

const NOW = 1_609_504_496_789;
const HOUR = 3_600_000;

async function open(logs?: Partial<LogSettings>) {
  const clock = { now: NOW };
  const store = await openStore(undefined, { now: () => clock.now, logs });
  return { clock, logs: store.logs(ACCOUNT_SID) };
}

const lines = (...texts: string[]): WrittenLine[] => texts.map((text) => ({ date: new Date(NOW), text }));
const numbered = (from: number, to: number) =>
  lines(...Array.from({ length: to - from + 1 }, (_, index) => `line ${from + index}`));

describe('the log of a device', () => {
  it('has the lines in the order in which they came, counted from 1', async () => {
    const { logs } = await open();
    await logs.append(SID, lines('one', 'two'));
    await logs.append(SID, lines('three'));
    expect(await logs.read(SID)).toEqual(
      ['one', 'two', 'three'].map((text, index) => ({ sequence: index + 1, date: new Date(NOW), text })),
    );
  });

  it('is empty for a device that has written nothing, and needs a device SID', async () => {
    const { logs } = await open();
    expect(await logs.read(SID)).toEqual([]);
    expect((await storeError(() => logs.read('pump'))).code).toBe('invalid-device-sid');
  });

  it('is read from any line on, in parts of any size', async () => {
    const { logs } = await open();
    for (let batch = 0; batch < 100; batch++) await logs.append(SID, numbered(batch * 3 + 1, batch * 3 + 3));
    const texts = async (page: Parameters<typeof logs.read>[1]) => (await logs.read(SID, page)).map(({ text }) => text);
    expect(await texts({ limit: 4 })).toEqual(['line 1', 'line 2', 'line 3', 'line 4']);
    expect(await texts({ after: 4, limit: 3 })).toEqual(['line 5', 'line 6', 'line 7']);
    expect(await texts({ after: 297 })).toEqual(['line 298', 'line 299', 'line 300']);
    expect(await texts({ after: 300 })).toEqual([]);
    expect(await texts({ last: true, limit: 2 })).toEqual(['line 299', 'line 300']);
    expect(await texts({ last: true, limit: 250 })).toHaveLength(250);
    expect(await texts({ last: true, after: 298 })).toEqual(['line 299', 'line 300']);
    expect(await texts({})).toHaveLength(300);
  });

  it('takes lines of several writers at once, none twice and none lost', async () => {
    const { logs } = await open();
    await Promise.all(Array.from({ length: 12 }, (_, index) => logs.append(SID, lines(`a ${index}`, `b ${index}`))));
    const read = await logs.read(SID);
    expect(read.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 24 }, (_, index) => index + 1));
    expect(new Set(read.map(({ text }) => text)).size).toBe(24);
  });

  it('takes a delivery once, however often it comes', async () => {
    const { logs } = await open();
    await logs.append(SID, lines('one'), { source: 'run', number: 1 });
    await logs.append(SID, lines('two'), { source: 'run', number: 2 });
    await logs.append(SID, lines('two'), { source: 'run', number: 2 });
    await logs.append(SID, lines('three'), { source: 'another run', number: 1 });
    expect((await logs.read(SID)).map(({ text }) => text)).toEqual(['one', 'two', 'three']);
  });
});

describe('the bounds of a log', () => {
  it('are so many lines: the oldest make room', async () => {
    const { logs } = await open({ lines: 6 });
    for (let batch = 0; batch < 10; batch++) await logs.append(SID, numbered(batch * 2 + 1, batch * 2 + 2));
    expect((await logs.read(SID)).map(({ sequence }) => sequence)).toEqual([15, 16, 17, 18, 19, 20]);
  });

  it('are so many bytes', async () => {
    const { logs } = await open({ bytes: 1000 });
    for (let line = 1; line <= 50; line++) await logs.append(SID, lines('x'.repeat(84)));
    expect((await logs.read(SID)).map(({ sequence }) => sequence)).toEqual(
      Array.from({ length: 10 }, (_, index) => 41 + index),
    );
  });

  it('hold for a batch that is larger than a log', async () => {
    const { logs } = await open({ lines: 3 });
    await logs.append(SID, numbered(1, 10));
    expect((await logs.read(SID)).map(({ text }) => text)).toEqual(['line 8', 'line 9', 'line 10']);
  });

  it('cut a line, at a character', async () => {
    const { logs } = await open({ lineBytes: 8 });
    await logs.append(SID, lines('12345678', '1234567ü', '\ud800'));
    expect((await logs.read(SID)).map(({ text }) => text)).toEqual(['12345678', '1234567… (9 bytes)', '\ud800']);
  });

  it('are hours: an old line is not shown, and is gone with the next one', async () => {
    const { clock, logs } = await open({ age: HOUR });
    await logs.append(SID, lines('old'));
    clock.now += HOUR + 1;
    expect(await logs.read(SID)).toEqual([]);
    await logs.append(SID, [{ date: new Date(clock.now), text: 'new' }]);
    clock.now = NOW;
    expect((await logs.read(SID)).map(({ text }) => text)).toEqual(['new']);
  });

  it('come down step by step when a store is opened with lower ones', async () => {
    const folder = join(temporaryFolder(), 'store');
    const first = await openStore(folder, { now: () => NOW });
    for (let line = 1; line <= 40; line++) await first.logs(ACCOUNT_SID).append(SID, numbered(line, line));
    await first.close();
    const second = (await openStore(folder, { now: () => NOW, logs: { lines: 5 } })).logs(ACCOUNT_SID);
    for (let line = 41; line <= 46; line++) await second.append(SID, numbered(line, line));
    expect(await second.read(SID)).toHaveLength(5);
  });

  it('hold no line of later than now', async () => {
    const { logs } = await open();
    await logs.append(SID, [{ date: new Date(NOW + HOUR), text: 'from the future' }]);
    expect((await logs.read(SID))[0].date).toEqual(new Date(NOW));
  });
});

describe('since', () => {
  it('leaves out what was written before', async () => {
    const { logs } = await open();
    await logs.append(SID, [
      { date: new Date(NOW - 2 * HOUR), text: 'two hours ago' },
      { date: new Date(NOW - HOUR), text: 'an hour ago' },
    ]);
    const read = await logs.read(SID, { since: new Date(NOW - HOUR) });
    expect(read.map(({ text }) => text)).toEqual(['an hour ago']);
  });
});

describe('following a log', () => {
  it('brings what is there, then what comes, by this handle or another one', async () => {
    const folder = join(temporaryFolder(), 'store');
    const here = (await openStore(folder, { now: () => NOW })).logs(ACCOUNT_SID);
    const there = (await openStore(folder, { now: () => NOW })).logs(ACCOUNT_SID);
    await here.append(SID, lines('one'));
    const end = new AbortController();
    const seen: string[] = [];
    for await (const part of here.follow(SID, {}, end.signal)) {
      for (const { text } of part) seen.push(text);
      if (seen.length === 1) await here.append(SID, lines('two'));
      if (seen.length === 2) await there.append(SID, lines('three'));
      if (seen.length === 3) end.abort();
    }
    expect(seen).toEqual(['one', 'two', 'three']);
  });

  it('ends when it is asked to, while it waits', async () => {
    const { logs } = await open();
    const end = new AbortController();
    const follow = logs.follow(SID, {}, end.signal);
    const next = follow.next();
    end.abort();
    expect(await next).toEqual({ done: true, value: undefined });
  });
});
