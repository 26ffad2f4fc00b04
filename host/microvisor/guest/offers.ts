import { callSignatures, type SystemCallName } from '../../../build/abi/microvisor.js';
import type { BoardModel } from './board-port.js';
import { type FunctionKind, i32s, type Offer, type Offers } from './host-function.js';
import { wasiOffers } from './wasi.js';

/** What applications call again and again while they wait. */
export const SPINNING: ReadonlySet<string> = new Set<SystemCallName>(['mvGetMicroseconds', 'mvGetNetworkStatus']);

const plain = (params: number, results: 0 | 1): Offer => ({ signature: i32s(params, results), kind: 'plain' });

/** The functions of this project that every guest may import. */
const HOST: Readonly<Record<string, Offer>> = {
  mv_host_print: plain(2, 0),
  mv_host_timer: plain(1, 0),
  mv_host_wait: { signature: i32s(1, 1), kind: 'blocking' },
};

/**
 * Everything that a guest may import.
 *
 * @param calls the system calls that are served
 */
export function offersOf(calls: readonly SystemCallName[], board: BoardModel | undefined): Offers {
  const offers = new Map<string, Offer>();
  for (const name of calls) {
    const kind: FunctionKind = SPINNING.has(name) ? 'spinning' : 'plain';
    offers.set(`env.${name}`, { signature: { params: callSignatures[name], results: ['i32'] }, kind });
  }
  for (const [name, offer] of Object.entries({ ...HOST, ...board?.offers })) offers.set(`env.${name}`, offer);
  for (const [name, offer] of Object.entries(wasiOffers)) offers.set(`wasi_snapshot_preview1.${name}`, offer);
  return offers;
}
