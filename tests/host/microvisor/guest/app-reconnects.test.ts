import { describe, expect, it } from 'vitest';
import { BrokerEngine } from '../../../../host/broker/index.js';
import { AppWorld, acceptingBroker, type BrokerLine } from '../rig/app-world.js';

const count = (log: readonly string[], words: string) => log.filter((line) => line.includes(words)).length;

/** A broker that closes each connection so many milliseconds after CONNACK. */
const closingAfter = (milliseconds: number) => {
  const world: AppWorld = new AppWorld(acceptingBroker((line) => world.later(milliseconds, () => line.close())));
  return world;
};

/** Expects waiting times of so many seconds, each with up to a quarter more. */
function expectSeconds(waits: number[], seconds: number[]): void {
  expect(waits.length).toBeGreaterThanOrEqual(seconds.length);
  seconds.forEach((second, at) => {
    expect(waits[at]).toBeGreaterThanOrEqual(second * 1000);
    expect(waits[at]).toBeLessThanOrEqual(second * 1250);
  });
}

describe('the device application with a broker that does not keep connections', () => {
  it('closed 300 ms after CONNACK: waits longer each time, five connections in 30 s', async () => {
    const world = closingAfter(300);
    const log = await world.device();
    await world.pass(30_000);
    expectSeconds(world.waits, [1, 2, 4, 8]);
    expect(world.lines.length).toBeLessThanOrEqual(5);
    await world.pass(300_000);
    expectSeconds(world.waits, [1, 2, 4, 8, 16, 32, 60, 60]);
    // The first loss, and one line for the storm.
    expect(log.filter((line) => line.includes('connection lost'))).toEqual([
      expect.stringMatching(/^connection lost, time 1; next attempt in 1\d{3} ms$/),
      expect.stringMatching(
        /^connection lost, time 2; next attempt in 2\d{3} ms and more each time; not logged again until a connection lasts$/,
      ),
    ]);
    expect([count(log, 'connecting to'), count(log, 'subscribed to')]).toEqual([2, 2]);
    expect(log.filter((line) => line === 'connected')).toHaveLength(2);
    expect(log.at(-1)).toContain('time 2;');
  });

  it('closed after ten seconds: comes back after a second each time, with its lines in the log', async () => {
    const world = closingAfter(10_001);
    const log = await world.device();
    await world.pass(60_000);
    expectSeconds(world.waits, [1, 1, 1, 1]);
    expect(count(log, 'connection lost')).toBe(world.waits.length);
  });

  it('how long a connection has to last is an option', async () => {
    const world = closingAfter(600);
    await world.device({ stable: 500 });
    await world.pass(10_000);
    expectSeconds(world.waits, [1, 1, 1, 1]);
  });

  it('says when a connection lasts again, and starts with a second when that is lost', async () => {
    const world = closingAfter(300);
    const log = await world.device();
    await world.pass(30_000);
    world.broker = acceptingBroker(() => {});
    await world.pass(60_000);
    expect(log.at(-1)).toBe('the connection is stable again');
    const last = world.lines.length;
    world.lines[last - 1].close();
    await world.pass(2000);
    expectSeconds(world.waits.slice(last - 1), [1]);
    expect(count(log, 'the connection is stable again')).toBe(1);
  });

  it('taken over by another client (0x8E): waits longer each time, however long the connections last', async () => {
    const takeOver = (line: BrokerLine) => () => {
      line.packet({ type: 'disconnect', reasonCode: 0x8e });
    };
    const world: AppWorld = new AppWorld(acceptingBroker((line) => world.later(15_000, takeOver(line))));
    const log = await world.device();
    await world.pass(200_000);
    expectSeconds(world.waits, [1, 2, 4, 8, 16, 32]);
    expect(count(log, 'disconnected, code 142')).toBe(1);
    expect(count(log, 'connection lost')).toBe(2);
  });

  it('refused each time: one line, and one for the storm; another reason is a line', async () => {
    const world = new AppWorld({
      bytes: (line, bytes, decoder) => {
        const [{ type }] = decoder.push(bytes);
        if (type === 'connect') line.send(Buffer.from(refusal, 'hex'));
      },
    });
    let refusal = '2003008700';
    const log = await world.device();
    await world.pass(100_000);
    expect(log.filter((line) => line.includes('refused'))).toEqual([
      expect.stringMatching(/^the broker refused the connection, reason code 135; next attempt in 1\d{3} ms$/),
      expect.stringMatching(/^the broker refused the connection, reason code 135; next .* not logged again/),
    ]);
    refusal = '2003008800';
    await world.pass(100_000);
    expect(count(log, 'reason code 136')).toBeGreaterThan(0);
  });

  it('refused in a CONNACK that breaks a rule: the log has the number', async () => {
    const world = new AppWorld({ bytes: (line) => line.send(Buffer.from('20020087', 'hex')) });
    const log = await world.device({ protocolVersion: 0 });
    await world.pass(500);
    expect(log.at(-1)).toMatch(/^the broker refused the connection, reason code 135;/);
  });
});

describe('two devices with one client id', () => {
  it.each([
    ['5', 1, 40],
    ['3.1.1', 0, 80],
  ] as const)('at a real broker under MQTT %s do not take turns each second', async (_name, protocolVersion, most) => {
    const ids = new Map<BrokerLine, number>();
    const lineOf = (id: number) => [...ids].find(([, of]) => of === id)?.[0];
    const engine = new BrokerEngine({
      now: () => world.now,
      transport: {
        send: (id, bytes) => lineOf(id)?.send(bytes),
        end: (id) => {
          const line = lineOf(id);
          world.later(0, () => line?.close());
          engine.closed(id);
        },
      },
    });
    const world: AppWorld = new AppWorld({
      bytes: (line, bytes) => {
        const id = ids.get(line) ?? engine.open({ remote: 'device' });
        ids.set(line, id);
        engine.receive(id, bytes);
      },
    });
    const logs = [await world.device({ protocolVersion }), await world.device({ protocolVersion })];
    await world.pass(600_000);
    expect(world.lines.length).toBeGreaterThan(4);
    expect(world.lines.length).toBeLessThan(most);
    for (const log of logs) expect(log.length).toBeLessThan(most * 3);
  });
});
