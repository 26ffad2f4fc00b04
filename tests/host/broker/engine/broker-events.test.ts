import { describe, expect, it } from 'vitest';
import { BrokerEngine } from '../../../../host/broker/index.js';
import { World } from '../world.js';

describe('events', () => {
  it('come after the call has finished, so that a listener may publish', () => {
    const world = new World();
    const client = world.connect();
    client.subscribe('#');
    world.engine.on('published', ({ topic }) => {
      if (topic === 'question') world.engine.publish('answer', 'x');
    });
    client.publish('question', 'x');
    expect(client.messages()).toEqual(['question=x', 'answer=x']);
  });

  it('stop with the function that `on` returns', () => {
    const world = new World();
    const seen: string[] = [];
    const stop = world.engine.on('published', ({ topic }) => seen.push(topic));
    world.engine.publish('a', 'x');
    stop();
    world.engine.publish('b', 'x');
    expect(seen).toEqual(['a']);
  });

  it('reach the other listeners when one throws, which is an event of its own', () => {
    const world = new World();
    const seen: string[] = [];
    const error = new Error('not JSON');
    world.engine.on('published', () => {
      throw error;
    });
    world.engine.on('published', ({ topic }) => seen.push(topic));
    const client = world.connect();
    client.subscribe('#');
    client.publish('a', 'x');
    client.publish('b', 'x');
    expect(client.messages()).toEqual(['a=x', 'b=x']);
    expect(seen).toEqual(['a', 'b']);
    expect(world.eventsOf('failed')).toEqual([
      { type: 'failed', error },
      { type: 'failed', error },
    ]);
  });

  it('that are occasional are all but those that come with each message, which then are not made', () => {
    const engine = new BrokerEngine({ now: () => 0, transport: { send: () => {}, end: () => {} } });
    const seen: string[] = [];
    engine.on('occasional', ({ type }) => seen.push(type));
    engine.on('failed', ({ type }) => seen.push(type));
    engine.publish('a', 'x');
    engine.warn('the certificate ends tomorrow');
    const stop = engine.on('published', () => {
      throw new Error('not JSON');
    });
    engine.publish('a', 'x');
    stop();
    expect(seen).toEqual(['warning', 'failed', 'failed']);
  });

  it('of which all listeners throw end in an uncaught exception, and the broker goes on', async () => {
    const engine = new BrokerEngine({ now: () => 0, transport: { send: () => {}, end: () => {} } });
    const fail = (error: string) => () => {
      throw error;
    };
    const uncaught: unknown[] = [];
    const others = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    process.on('uncaughtException', (error) => uncaught.push(error));
    const stop = engine.on('published', fail('nobody listens to failed'));
    engine.publish('a', 'x');
    stop();
    engine.on('any', ({ type }) => fail(`in ${type}`)());
    engine.publish('a', 'x');
    await new Promise(setImmediate);
    process.removeAllListeners('uncaughtException');
    for (const other of others) process.on('uncaughtException', other);
    expect(uncaught).toEqual(['nobody listens to failed', 'in failed']);
  });
});
