import { describe, expect, it } from 'vitest';
import { MvStatus, nameOf } from '../../../../build/abi/microvisor.js';
import { allowedStatuses } from '../../../../host/microvisor/index.js';
import { allCases } from '../cases/index.js';
import { observers, Rig } from '../rig/rig.js';

/** Documented statuses that cannot come about, and why. */
const IMPOSSIBLE: Record<string, string> = {
  'mvReleaseNetwork UNSUPPORTEDSTRUCTUREVERSION': 'the call takes a handle, no structure with a version',
  'mvMqttReadConnectResponse LATEFAULT': 'the structure has no nested pointer',
  'mvMqttReadPublishResponse LATEFAULT': 'the structure has no nested pointer',
  'mvMqttReadDisconnectResponse LATEFAULT': 'the structure has no nested pointer',
};

describe('the table of documented statuses', () => {
  it('is covered: the cases bring about every status of every call, but for the listed impossible ones', async () => {
    const seen = new Set<string>();
    observers.push((call, status) => seen.add(`${call} ${nameOf(MvStatus, status)}`));
    for (const { run, rig } of allCases) await run(rig?.() ?? new Rig());
    const wanted = new Rig().kernel.implemented.flatMap((call) =>
      allowedStatuses(call).map((status) => `${call} ${nameOf(MvStatus, status)}`),
    );
    const missing = wanted.filter((pair) => !seen.has(pair));
    expect(missing.toSorted()).toEqual(Object.keys(IMPOSSIBLE).toSorted());
    expect([...seen].filter((pair) => !wanted.includes(pair))).toEqual([]);
  });
});
