import type { SystemCallName } from '../../../build/abi/microvisor.js';
import { createKernel } from '../../microvisor/index.js';
import { keep, type Row } from '../measure.js';
import { callingModule } from './calling-module.js';

/** Calls that one run makes. */
const CALLS = 1000;
/** Where the calls write. */
const OUT = 1024;

interface Caller {
  run(count: number): number;
  memory: { readonly buffer: ArrayBuffer };
}

interface Wasm {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { exports: unknown };
}

/** What a system call costs a guest, beside an import that does nothing. */
export function shimRows(): Row[] {
  return [
    shimRow('shim.call.mvNoOp', 'mvNoOp', []),
    shimRow('shim.call.mvGetMicroseconds', 'mvGetMicroseconds', [OUT]),
    shimRow('shim.call.mvGetDeviceId', 'mvGetDeviceId', [OUT, 34]),
    shimRow('shim.call.mvGetNetworkReasons', 'mvGetNetworkReasons', [OUT, OUT + 4]),
    shimRow('shim.refused', 'mvGetNetworkStatus', [7, OUT]),
  ];
}

function shimRow(bench: string, call: SystemCallName, words: number[]): Row {
  return {
    bench,
    peer: 'bare import',
    make: () => {
      const kernel = createKernel({
        now: () => performance.now(),
        deviceId: `UV${'0'.repeat(32)}`,
        config: { fetch: async () => [] },
        mqttTransport: () => ({ write() {}, end() {}, destroy() {} }),
      });
      const bytes = callingModule(words);
      const ours = callerOf(bytes, kernel.importOf(call)!);
      kernel.attach(ours.memory);
      const theirs = callerOf(bytes, () => 0);
      return { units: CALLS, ours: () => keep(ours.run(CALLS)), theirs: () => keep(theirs.run(CALLS) + 1) };
    },
  };
}

function callerOf(bytes: Uint8Array, call: (...words: number[]) => number): Caller {
  const { Module, Instance } = (globalThis as unknown as { WebAssembly: Wasm }).WebAssembly;
  return new Instance(new Module(bytes), { env: { call } }).exports as Caller;
}
