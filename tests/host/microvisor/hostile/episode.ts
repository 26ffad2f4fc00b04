import { MvStatus } from '../../../../build/abi/microvisor.js';
import { makeRandom } from '../../broker/engine/robustness/random.js';
import { HostileWorld } from './hostile-world.js';
import { FOCUS_COUNT, randomCall, remember } from './random-call.js';

/** Calls of one episode: more do not fit into the memory of the guest. */
export const EPISODE = 200;

/** How many calls an episode made, and how many of them were OKAY. */
export interface Outcome {
  calls: number;
  okay: number;
}

/**
 * Runs a device from start to end.
 * @throws Error with the seed and the call, when anything was thrown, or something is left when the device has stopped
 */
export async function runEpisode(seed: number): Promise<Outcome> {
  const random = makeRandom(seed);
  const world = new HostileWorld(random, seed % FOCUS_COUNT);
  world.begin();
  let okay = 0;
  let last = '';
  try {
    for (let call = 0; call < EPISODE; call++) {
      const [name, words] = randomCall(world, random);
      last = `call ${call}, ${name}(${words.map((word) => `0x${word.toString(16)}`).join(', ')})`;
      if (world.call(name, ...words) === MvStatus.OKAY) {
        okay++;
        remember(world, name, words);
      }
      if (random.below(8) === 0) world.kernel.print(random.below(0x9_0000), random.below(0x1_0000_0000));
      if (random.flip()) world.act();
      if (random.below(20) === 0) await world.settle();
    }
    last = 'the end';
    world.kernel.stop();
    world.restart();
    world.tick();
    const left = { ...world.open, entry: world.takeEntry() ?? 0, deadline: world.kernel.nextDeadline(world.time) ?? 0 };
    // Dropped log lines are reported once their window is over.
    if (left.deadline > world.time) left.deadline = 0;
    if (Object.values(left).some((count) => count !== 0)) throw new Error(`there is left ${JSON.stringify(left)}`);
  } catch (error) {
    throw new Error(`seed ${seed}, ${last}: ${(error as Error).message}`, { cause: error });
  }
  return { calls: EPISODE, okay };
}
