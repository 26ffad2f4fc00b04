import { describe, expect, it } from 'vitest';
import { PartitionProgress } from '../../../../../host/dojot/bridge/kafka/partition-progress.js';

describe('how far a partition is', () => {
  it('is committed as far as all before is confirmed, in whatever order', () => {
    const progress = new PartitionProgress(10n);
    const [ten, eleven, twelve] = [10n, 11n, 12n].map((offset) => progress.handOver(offset));
    expect(progress.committable).toBeUndefined();
    twelve();
    eleven();
    expect(progress.committable).toBeUndefined();
    ten();
    expect(progress.committable).toBe(13n);
    progress.committed(13n);
    expect(progress.committable).toBeUndefined();
  });

  it('passes over offsets that no record has', () => {
    const progress = new PartitionProgress(0n);
    const confirm = progress.handOver(5n);
    confirm();
    expect(progress.committable).toBe(6n);
    progress.position = 9n;
    expect(progress.committable).toBe(9n);
  });

  it('never goes back', () => {
    const progress = new PartitionProgress(5n);
    progress.committed(3n);
    expect(progress.committable).toBeUndefined();
  });

  it('keeps nothing of what is confirmed', () => {
    const progress = new PartitionProgress(0n);
    for (let offset = 0n; offset < 100_000n; offset++) progress.handOver(offset)();
    expect(progress.committable).toBe(100_000n);
  });
});
