import { derLengthChecks } from './der-length.js';
import { derTimeChecks } from './der-time.js';
import type { Check } from './exhaustive-check.js';
import { frameChecks } from './frames.js';
import { hexChecks } from './hex.js';
import { propertyChecks } from './properties.js';
import { reasonChecks } from './reasons.js';
import { utf8Checks } from './utf8.js';
import { varintChecks } from './varint.js';

export const checks: readonly Check[] = [
  ...varintChecks,
  ...utf8Checks,
  ...hexChecks,
  ...frameChecks,
  ...propertyChecks,
  ...reasonChecks,
  ...derLengthChecks,
  ...derTimeChecks,
];
