import type { SystemCallName } from '../../../build/abi/microvisor.js';
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

/** The system calls that such a kernel serves, for whoever checks a guest before there is one. */
export function servedCalls(): SystemCallName[] {
  const unused = () => {
    throw new Error('this kernel runs nothing');
  };
  const kernel = createKernel({
    now: () => 0,
    deviceId: `UV${'0'.repeat(32)}`,
    config: { fetch: unused },
    mqttTransport: unused,
  });
  return kernel.implemented;
}
