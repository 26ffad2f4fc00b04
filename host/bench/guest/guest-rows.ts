import { AsyncifyCoroutines } from '../../microvisor/guest/blocking/asyncify-coroutines.js';
import { makeResumable } from '../../microvisor/guest/blocking/make-resumable.js';
import { SUSPEND } from '../../microvisor/guest/coroutine.js';
import { keep, type Row, type Sides } from '../measure.js';
import { callingModule } from './calling-module.js';

/** Switches that one run makes. */
const SWITCHES = 1000;
/** Bytes for the frames of the suspended coroutine. */
const SUSPENDED_SIZE = 1024;
/** More calls than anyone makes. */
const ENDLESS = 0x7fff_ffff;

/** What it costs to suspend a guest inside of a call and to resume it, beside a call that returns. */
export function guestRows(): Row[] {
  return [{ bench: 'guest.switch', peer: 'bare import', make }];
}

async function make(): Promise<Sides> {
  const bytes = callingModule([1]);
  const coroutines = new AsyncifyCoroutines(SUSPENDED_SIZE);
  const resumable = await makeResumable(bytes, ['env.call']);
  coroutines.attach(instantiate(resumable, coroutines.blocking('env.call', () => SUSPEND) as () => number));
  const main = coroutines.createMain({ name: 'main', entry: { export: 'run' }, args: [ENDLESS] });
  const { run } = instantiate(bytes, () => 1);
  const ours = () => {
    for (let count = 0; count < SWITCHES; count++) main.resume(count);
    keep(1);
  };
  return { units: SWITCHES, ours, theirs: () => keep(run(SWITCHES)) };
}

interface Wasm {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (
    module: object,
    imports: object,
  ) => { exports: Record<string, unknown> & { run(count: number): number } };
}

function instantiate(bytes: Uint8Array, call: () => number) {
  const { Module, Instance } = (globalThis as unknown as { WebAssembly: Wasm }).WebAssembly;
  return new Instance(new Module(bytes), { env: { call } }).exports;
}
