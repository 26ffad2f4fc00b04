import { createHash } from 'node:crypto';
import { UsageError } from '../process/user-error.js';

/**
 * The devices of a run: those that are named, and as many more as are wanted, which are the same in each run.
 *
 * @param named SIDs in lower case
 * @param count how many there are to be; undefined for those that are named
 * @param own the SID of the store's own device, which is the first when none is named
 * @throws UsageError when a device is named twice, or more are named than wanted
 */
export function deviceSidsOf(named: readonly string[], count: number | undefined, own: string): string[] {
  const first = named.length > 0 ? named : [own];
  const twice = first.find((sid, index) => first.indexOf(sid) !== index);
  if (twice !== undefined) throw new UsageError(`--device-sid ${twice}: this device is named twice`);
  const wanted = count ?? first.length;
  if (wanted < first.length) {
    throw new UsageError(`--devices ${wanted}: ${first.length} devices are named with --device-sid`);
  }
  const more = Array.from({ length: wanted - first.length }, (_, index) => derived(first[0], index));
  return [...first, ...more];
}

function derived(sid: string, index: number): string {
  return `UV${createHash('sha256').update(`${sid} ${index}`).digest('hex').slice(0, 32)}`;
}
