import type { ConfigItem, ConfigItemResult } from '../calls/config-fetch.js';
import type { DeviceOrder } from './device-orders.js';

/** To devices in another thread or process. `device` is their index. */
export type ToDevices =
  | { kind: 'start' | 'stop'; device: number }
  | { kind: 'order'; device: number; id: number; order: DeviceOrder }
  | { kind: 'fetched'; id: number; results?: ConfigItemResult[]; problem?: string };

/** From them, in the order in which it came about. What their events are is their own affair. */
export type FromDevices<Event> =
  | { kind: 'loaded' }
  | { kind: 'refused'; problem: string }
  | { kind: 'event'; device: number; event: Event }
  | { kind: 'fetch'; device: number; id: number; items: ConfigItem[] }
  /** An order was done, with what came of it, or refused. */
  | { kind: 'obeyed'; id: number; outcome?: boolean; problem?: string }
  | { kind: 'stopped'; device: number; problem: string | undefined };
