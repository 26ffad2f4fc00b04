import { plainSlices, type Slices } from './plain-slices.js';

/** The methods of Buffer, or where the engine has no Buffer with them, ours. */
export const slices: Slices = isWithMethods(globalThis.Buffer?.prototype) ? globalThis.Buffer.prototype : plainSlices;

function isWithMethods(prototype: unknown): prototype is Slices {
  return Object.keys(plainSlices).every((name) => typeof (prototype as Record<string, unknown>)?.[name] === 'function');
}
