import { readFileSync } from 'node:fs';
import type { Result } from '../../../../build/abi/core.js';

/** One entry of tests/vectors/der.json; see the README there. */
export interface DerVector {
  name: string;
  kind: 'element' | 'certificate' | 'request' | 'crl' | 'key';
  hex: string;
  error?: keyof typeof Result;
  errorOffset?: number;
  clause?: string;
  fields?: Record<string, number>;
}

export const derVectors: DerVector[] = JSON.parse(
  readFileSync(new URL('../../../vectors/der.json', import.meta.url), 'utf8'),
).vectors;
