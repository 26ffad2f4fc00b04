import type { CoreExports } from '../../../build/abi/core.js';
import { NOT_LOADED } from './load.js';
import { loadedCore } from './start.js';

let instantiate: (() => CoreExports) | undefined = loadedCore;

/**
 * The functions of the one shared instance of the core. The engine takes them for constants until `renewCore` is first called. Where the core
 * is loaded later, asking for one of them before throws a CoreLoadError that says how.
 */
export const core: CoreExports = instantiate ? { ...instantiate() } : Object.create(new Proxy({}, { get: refuse }));

function refuse(): never {
  throw NOT_LOADED();
}

/** Makes a new instance, whose memory is small again: linear memory cannot shrink. All addresses are void. */
export function renewCore(): void {
  if (instantiate) Object.assign(core, instantiate());
}

/** Whether there is an instance. */
export function isLoaded(): boolean {
  return instantiate !== undefined;
}

/** Gives the core its first instance, where it is loaded later. @throws CoreLoadError */
export function provideCore(make: () => CoreExports): void {
  const first = make();
  instantiate = make;
  Object.setPrototypeOf(core, Object.prototype);
  Object.assign(core, first);
}
