import { describe, expect, it } from 'vitest';
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
});
