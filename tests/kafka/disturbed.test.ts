// needs: kafka
import { describe, expect, it } from 'vitest';
import { disturbances } from './disturbances.js';
import { theCluster } from './kafka-rig.js';
import { round } from './rounds.js';

/** Records at least. */
const COUNT = 5000;
/** How long nodes are away. */
const SECONDS = 5;
/** Records that the source had in hand, or had not committed yet, when it had to begin again: they come again. */
const AGAIN = 2500;

describe('no record is lost, none is written twice, and each key keeps its order, when', () => {
  it.each(disturbances(SECONDS))('$name', async (disturbance) => {
    const { written, uncertain, read } = await round(theCluster(), COUNT, disturbance);
    expect(written).toEqual({ missing: 0, doubled: 0, outOfOrder: 0 });
    expect(uncertain).toBe(0);
    expect(read).toMatchObject({ missing: 0, outOfOrder: 0 });
    expect(read.doubled).toBeLessThan(AGAIN);
  });
});
