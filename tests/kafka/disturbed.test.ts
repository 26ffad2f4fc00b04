// needs: kafka
import { describe, expect, it } from 'vitest';
import { disturbances } from './disturbances.js';
import { theCluster } from './kafka-rig.js';
import { sinkRound, sourceRound } from './rounds.js';

const COUNT = 10_000;
/** How long nodes are away. */
const SECONDS = 6;

describe('no record is lost, and each key keeps its order, when', () => {
  it.each(disturbances(SECONDS))('$name while records are written; none is written twice', async (disturbance) => {
    const outcome = await sinkRound(theCluster(), COUNT, disturbance);
    expect(outcome).toEqual({ missing: [], doubled: 0, outOfOrder: [], uncertain: 0 });
  });

  it.each(disturbances(SECONDS))('$name while records are read', async (disturbance) => {
    const outcome = await sourceRound(theCluster(), COUNT, disturbance);
    expect(outcome).toMatchObject({ missing: [], outOfOrder: [] });
    console.log(`${disturbance.name}: ${outcome.doubled} of ${COUNT} came again`);
  });
});
