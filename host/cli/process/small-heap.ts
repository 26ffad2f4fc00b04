import process from 'node:process';
import { setFlagsFromString } from 'node:v8';
import { keepYoungGenerationSmall } from './young-generation.js';

/** Percent by which old objects may grow until they are collected. */
const GROWTH = 10;

/**
 * Keeps the heap of a process with many devices near what they use. What a device leaves behind has lived for a second and is old by
 * then; V8 would collect it when the heap has doubled. To be called before there are devices. Does nothing to what the user has chosen by
 * options of Node.
 */
export function keepHeapSmall(): void {
  keepYoungGenerationSmall();
  const options = [...process.execArgv, process.env.NODE_OPTIONS ?? ''];
  if (!options.some((option) => option.includes('heap-growing')))
    setFlagsFromString(`--heap-growing-percent=${GROWTH}`);
}
