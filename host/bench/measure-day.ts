import { readFileSync } from 'node:fs';
import process from 'node:process';
import { BrokerEngine } from '../broker/index.js';
import { compileGuest, createDevice, servedCalls, stm32u585, TestBroker } from '../microvisor/index.js';
import { type BrokerResult, limitResult } from './broker/broker-row.js';

/** Milliseconds. */
const DAY = 24 * 60 * 60 * 1000;
/** Seconds of processor time that a day takes at most: of the device application, and of one in C that wakes 110 times a second. */
const MOST = { reactive: 5, blocking: 60 } as const;
/** What the device application needs to connect. */
const STORES = { 'broker-host': 'broker.example.com', 'broker-port': '8883', 'client-id': 'device' };

/**
 * The processor time of a virtual day of a device, with a broker in the process. Takes as long.
 *
 * @param file the module
 * @throws GuestError when it cannot be a guest; what it has ended with, when it does not last for a day
 */
export async function measureDay(file: string): Promise<BrokerResult[]> {
  const guest = await compileGuest(readFileSync(file), { calls: servedCalls(), board: stm32u585() });
  const broker = new TestBroker((host) => new BrokerEngine(host));
  const before = process.cpuUsage();
  const device = await createDevice({ guest, broker, stores: STORES, record: false });
  await device.advance(DAY);
  const { user, system } = process.cpuUsage(before);
  await device.stop();
  const name = guest.kind === 'reactive' ? 'day.cpu' : 'day.guest.cpu';
  return [limitResult(name, 's', (user + system) / 1e6, MOST[guest.kind])];
}
