import { Kernel, type KernelHost } from '../kernel/kernel.js';
import type { MqttTransportFactory } from '../transport/transport.js';
import { clockCalls } from './clocks.js';
import { type ConfigSource, configFetchCalls } from './config-fetch.js';
import { identityCalls } from './identity.js';
import { mqttCalls } from './mqtt/index.js';

export interface KernelOptions extends KernelHost {
  config: ConfigSource;
  mqttTransport: MqttTransportFactory;
}

/**
 * A kernel that serves every family of system calls.
 * @throws TypeError when the device id is not `UV` and 32 hex digits
 */
export function createKernel(options: KernelOptions): Kernel {
  return new Kernel(options, [
    identityCalls,
    clockCalls,
    configFetchCalls(options.config),
    mqttCalls(options.mqttTransport),
  ]);
}
