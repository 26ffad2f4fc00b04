import { EPISODE, runEpisode } from './episode.js';

/** A million random calls: `npm run test:hostile`, or as many as you say from a seed of yours: `-- 50000 7`. */
const [calls = 1_000_000, first = 1] = process.argv.slice(2).map(Number);
const heap = () => {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
};
const before = heap();
let okay = 0;
const episodes = Math.ceil(calls / EPISODE);
for (let episode = 0; episode < episodes; episode++) okay += (await runEpisode(first + episode)).okay;
const megabytes = Math.round((heap() - before) / 1e5) / 10;
console.log(`${episodes * EPISODE} calls, ${okay} of them OKAY; the heap has grown by ${megabytes} MB`);
const handles = process.getActiveResourcesInfo().filter((name) => name !== 'PipeWrap' && name !== 'TTYWrap');
if (handles.length > 0) throw new Error(`open at the end: ${handles.join(', ')}`);
