import { usageOf } from '../broker/process-usage.js';
import type { CloudProcess } from './cloud-process.js';
import type { KeepAliveClient } from './keep-alive-client.js';

/** Clients that call at once, each its next call when the last is answered. */
export const CLIENTS = 16;

/** Keys that are read and written: each client writes one of its own. */
const keyName = (index: number) => `bench-${String(index).padStart(6, '0')}`;

/** Key and value of something that is kept, as many as are asked for. */
export function* benchValues(count: number): Generator<{ key: string; value: string }> {
  for (let index = 0; index < count; index++) yield { key: keyName(index), value: `value ${index}`.padEnd(64, '.') };
}

/** What a call takes, in microseconds. */
export interface CallCost {
  /** of the clock: the time of the round, divided by the calls in it */
  clock: number;
  /** of the processors, for the server */
  cpu: number;
}

/** What one client calls. @param count how many calls it has made */
export type CallMaker = (client: number, count: number) => Promise<unknown>;

/** A config of the account is fetched, each time another one of `keys`. */
export function reads(cloud: CloudProcess, client: KeepAliveClient, keys: number): CallMaker {
  const { authorization } = cloud;
  return (number, count) => {
    const index = ((count * CLIENTS + number) * 7919) % keys;
    return client.call(authorization, `/v1/Configs/${keyName(index)}`);
  };
}

/** A config of the account is replaced, and is on the disk when the call is answered. */
export function writes(cloud: CloudProcess, client: KeepAliveClient): CallMaker {
  const { authorization } = cloud;
  return (number, count) => {
    const Value = `value ${count}`.padEnd(64, '.');
    return client.call(authorization, `/v1/Configs/${keyName(number)}`, { Value });
  };
}

/** What calls of all clients cost. @param milliseconds until no further calls are made. @throws Error when a call fails */
export async function costOf(cloud: CloudProcess, make: CallMaker, milliseconds: number): Promise<CallCost> {
  const [before, begun] = [usageOf(cloud.pid), performance.now()];
  const over = begun + milliseconds;
  let calls = 0;
  const run = async (client: number) => {
    for (let count = 0; performance.now() < over; count++) {
      await make(client, count);
      calls++;
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, (_, client) => run(client)));
  const clock = ((performance.now() - begun) * 1000) / calls;
  return { clock, cpu: ((usageOf(cloud.pid).cpu - before.cpu) * 1e6) / calls };
}
