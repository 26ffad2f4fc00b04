import { once } from 'node:events';
import { Duplex } from 'node:stream';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Broker, type BrokerEvent, createBroker, refuse } from '../../../../host/broker/index.js';
import { Client } from './client.js';

/** Two streams, each of which reads what the other writes. */
function makePair(): [Duplex, Duplex] {
  const ends: Duplex[] = [];
  for (const other of [1, 0]) {
    const end = new Duplex({
      read() {},
      write(chunk, _encoding, done) {
        ends[other].push(chunk);
        done();
      },
      final(done) {
        ends[other].push(null);
        done();
      },
    });
    end.on('error', () => {});
    ends.push(end);
  }
  return [ends[0], ends[1]];
}

/** A clock that stands still. */
class TestClock {
  time = 1000;
  now = () => this.time;

  /** Lets time pass for a broker, from one deadline to the next. */
  pass(broker: Broker, milliseconds: number): void {
    const end = this.time + milliseconds;
    for (let due = broker.nextDeadline(this.time); due !== undefined && due <= end; due = broker.nextDeadline(due)) {
      this.time = due;
      broker.tick(due);
    }
    this.time = end;
  }
}

afterEach(() => vi.restoreAllMocks());

describe('a broker with a clock of its owner', () => {
  it('keeps no timer: clients without CONNECT, silent clients and expiring sessions wait for tick', async () => {
    const timers = vi.spyOn(globalThis, 'setTimeout');
    const clock = new TestClock();
    const events: BrokerEvent[] = [];
    const broker = await createBroker({ clock, log: (event) => events.push(event) });
    const [silent, ours] = makePair();
    broker.attach(ours, { remote: 'silent' });
    const [stream, theirs] = makePair();
    broker.attach(theirs);
    const client = new Client(stream);
    await client.connect({ clientId: 'c', keepAlive: 20, properties: { sessionExpiryInterval: 60 } });
    const closed = once(ours, 'close');
    silent.resume();
    clock.pass(broker, 9_999);
    expect(events).toMatchObject([{ type: 'connected', clientId: 'c', remote: 'stream' }]);
    clock.pass(broker, 1);
    expect(events[1]).toMatchObject({ type: 'refused', remote: 'silent', reason: 'no CONNECT packet within 10 s' });
    clock.pass(broker, 20_000);
    expect(events[2]).toMatchObject({ type: 'disconnected', reasonCode: 0x8d });
    expect(broker.engine.counts.sessions).toBe(1);
    clock.pass(broker, 60_000);
    expect(broker.engine.counts.sessions).toBe(0);
    // The peer never closed its side.
    await closed;
    expect(timers).not.toHaveBeenCalled();
    await broker.close();
  });

  it('ends by its clock, at a peer that does not close its side and a stream that never says that it is closed', async () => {
    const timers = vi.spyOn(globalThis, 'setTimeout');
    const clock = new TestClock();
    const broker = await createBroker({ clock });
    const stuck = new Duplex({ read() {}, write() {}, destroy() {} });
    broker.attach(stuck);
    let hasEnded = false;
    const ended = broker.close().then(() => {
      hasEnded = true;
    });
    clock.pass(broker, 1_999);
    await new Promise(setImmediate);
    expect(stuck.destroyed).toBe(true);
    expect(hasEnded).toBe(false);
    clock.pass(broker, 1);
    await ended;
    expect(timers).not.toHaveBeenCalled();
    const [late, other] = makePair();
    broker.attach(other);
    expect(other.destroyed).toBe(true);
    late.destroy();
  });
});

describe('a stream that is attached', () => {
  it('is judged by the rules that come with it', async () => {
    const broker = await createBroker();
    const listener = { name: 'mine', rules: { connect: () => refuse('not by this one') } };
    const [stream, theirs] = makePair();
    broker.attach(theirs, { listener });
    expect(await new Client(stream).connect()).toMatchObject({ reasonCode: 0x87 });
    const [other, ours] = makePair();
    broker.attach(ours);
    expect(await new Client(other).connect()).toMatchObject({ reasonCode: 0 });
    await broker.close();
  });
});
