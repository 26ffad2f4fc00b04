import { setTimeout as pause } from 'node:timers/promises';
import { usageOf } from '../broker/process-usage.js';
import type { CloudProcess } from './cloud-process.js';
import { KeepAliveClient } from './keep-alive-client.js';

/** Devices that connect at once: a server ends connections that are too many before anybody has logged in on them. */
const AT_ONCE = 50;
/** Milliseconds in which the engine gives back what it has collected. */
const SETTLING = 5000;

/**
 * The memory of a server, in bytes, when a device with each of these keys waits for changes on a connection of its own.
 *
 * @throws Error when a device cannot wait
 */
export async function memoryWithWaiting(cloud: CloudProcess, keys: readonly string[]): Promise<number> {
  const client = new KeepAliveClient(cloud.url);
  const devices = keys.values();
  let isOver = false;
  let failure: unknown;
  const wanted = (key: string, query = '') => client.call(`Bearer ${key}`, `/device/v1/wanted${query}`);
  const wait = async (key: string, version: number) => {
    // A device that was answered at the end of its time asks again.
    while (!isOver) await wanted(key, `?known=${version}`);
  };
  const connect = async () => {
    for (const key of devices) {
      const { version } = JSON.parse(await wanted(key));
      wait(key, version).catch((error) => {
        if (!isOver) failure ??= error;
      });
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, connect));
    await pause(SETTLING);
    if (failure !== undefined) throw failure;
    const metrics = await client.call(cloud.authorization, '/metrics');
    const connections = Number(/^wasmqtt_cloud_connections (\d+)$/m.exec(metrics)?.[1]);
    if (connections < keys.length) throw new Error(`${connections} connections with ${keys.length} devices`);
    return usageOf(cloud.pid).memory;
  } finally {
    isOver = true;
    client.close();
  }
}
