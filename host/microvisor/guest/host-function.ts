import type { BlockingFunction } from './coroutine.js';
import type { Signature } from './module/module-shape.js';

/**
 * How a function that a guest imports relates to waiting: `plain` returns at once; `blocking` may return SUSPEND; `spinning` returns at
 * once too, but is what applications call again and again while they wait, so that it lets time pass (see `spin-meter.ts`).
 */
export type FunctionKind = 'plain' | 'blocking' | 'spinning';

/** What is known of a function that guests may import before there is a guest. */
export interface Offer {
  signature: Signature;
  kind: FunctionKind;
}

/** Functions that guests may import, by module and name: `env.mvGetMicroseconds`. */
export type Offers = ReadonlyMap<string, Offer>;

/** A function that a module imports. */
export interface GuestImport {
  readonly module: string;
  readonly name: string;
  readonly kind: FunctionKind;
}

/** Finds the function behind an import, for one guest. A parameter of type i64 is a bigint. */
export type FunctionOf = (imported: GuestImport) => BlockingFunction | undefined;

/** A signature of 32-bit integers. */
export const i32s = (params: number, results: 0 | 1): Signature => ({
  params: Array<string>(params).fill('i32'),
  results: Array<string>(results).fill('i32'),
});

export const signatureText = ({ params, results }: Signature): string =>
  `(${params.join(', ')}) -> ${results.length === 1 ? results[0] : `(${results.join(', ')})`}`;
