import { cmsisObjectCases } from './cmsis-object-cases.js';
import { cmsisThreadCases } from './cmsis-thread-cases.js';
import { freertosObjectCases } from './freertos-object-cases.js';
import { freertosQueueCases } from './freertos-queue-cases.js';
import { freertosTaskCases } from './freertos-task-cases.js';
import type { RtosCase } from './rtos-case.js';

export type { RtosCase } from './rtos-case.js';

/** The conformance table of the calls of the RTOS. */
export const rtosCases: readonly RtosCase[] = [
  ...freertosTaskCases,
  ...freertosQueueCases,
  ...freertosObjectCases,
  ...cmsisThreadCases,
  ...cmsisObjectCases,
];
