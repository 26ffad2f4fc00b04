import type { ConfigItem, ConfigItemResult } from '../../../../microvisor/index.js';
import type { DeviceOrder } from '../device-orders.js';
import type { DeviceEvent } from '../running-device.js';

/** To devices in another thread or process. `device` is their index. */
export type ToDevices =
  | { kind: 'start' | 'stop'; device: number }
  | { kind: 'order'; device: number; id: number; order: DeviceOrder }
  | { kind: 'fetched'; id: number; results?: ConfigItemResult[]; problem?: string };

/** From them, in the order in which it came about. */
export type FromDevices =
  | { kind: 'loaded' }
  | { kind: 'refused'; problem: string }
  | { kind: 'event'; device: number; event: DeviceEvent }
  | { kind: 'fetch'; device: number; id: number; items: ConfigItem[] }
  /** An order was done, with what came of it, or refused. */
  | { kind: 'obeyed'; id: number; outcome?: boolean; problem?: string }
  | { kind: 'stopped'; device: number; problem: string | undefined };
