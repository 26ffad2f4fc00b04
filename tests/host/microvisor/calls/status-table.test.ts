import { describe, expect, it } from 'vitest';
import { MvStatus, nameOf, systemCalls } from '../../../../build/abi/microvisor.js';
import { allowedStatuses } from '../../../../host/microvisor/index.js';
import { impossible } from '../cases/impossible.js';
import { allCases } from '../cases/index.js';
import { observers, Rig } from '../rig/rig.js';

describe('the table of documented statuses', () => {
  it('is covered: the cases bring about every status of every call, but for the listed impossible ones', async () => {
    const seen = new Set<string>();
    observers.push((call, status) => seen.add(`${call} ${nameOf(MvStatus, status)}`));
    for (const { run, rig } of allCases) await run(rig?.() ?? new Rig());
    const wanted = new Rig().kernel.implemented.flatMap((call) =>
      allowedStatuses(call).map((status) => `${call} ${nameOf(MvStatus, status)}`),
    );
    const missing = wanted.filter((pair) => !seen.has(pair));
    expect(missing.toSorted()).toEqual(Object.keys(impossible).toSorted());
    expect([...seen].filter((pair) => !wanted.includes(pair))).toEqual([]);
  });

  it('has all 71 calls of the SDK', () => {
    expect(new Rig().kernel.implemented.toSorted()).toEqual(Object.keys(systemCalls).toSorted());
    expect(Object.keys(systemCalls)).toHaveLength(71);
  });
});
