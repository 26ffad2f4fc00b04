import { describe, expect, it } from 'vitest';
import { EPISODE, runEpisode } from './hostile/episode.js';

describe('a hostile guest', () => {
  it('gets a documented status for each of ten thousand random calls, and leaves no handle, no request and no connection', async () => {
    let okay = 0;
    const episodes = 10_000 / EPISODE;
    for (let seed = 1; seed <= episodes; seed++) okay += (await runEpisode(seed)).okay;
    // Otherwise chance does not get anywhere.
    expect(okay).toBeGreaterThan(1500);
  });
});
