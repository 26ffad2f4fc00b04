import { decodeRows } from './codec/decode-rows.js';
import { encodeRows } from './codec/encode-rows.js';
import { floorRows } from './codec/floor-rows.js';
import { pollutedRows } from './codec/polluted-rows.js';
import { textRows } from './codec/text-rows.js';
import { derRows } from './der-rows.js';
import { guestRows } from './guest/guest-rows.js';
import { shimRows } from './guest/shim-rows.js';
import { hexRows } from './hex-rows.js';
import type { Row } from './measure.js';
import { policyRows } from './policy-rows.js';

/** All rows of `wasmqtt bench`. Nothing of them is loaded or made before they are measured. */
export function allRows(): Row[] {
  return [
    ...decodeRows(),
    ...encodeRows(),
    ...floorRows(),
    ...pollutedRows(),
    ...textRows(),
    ...hexRows(),
    ...derRows(),
    ...shimRows(),
    ...guestRows(),
    ...policyRows(),
  ];
}
