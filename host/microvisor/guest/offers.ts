import { callSignatures, type SystemCallName } from '../../../build/abi/microvisor.js';
import type { BoardModel } from './board-port.js';
import { type FunctionKind, i32s, type Offer, type Offers } from './host-function.js';
import { wasiOffers } from './wasi.js';

/** What applications call again and again while they wait. */
const SPINNING: ReadonlySet<string> = new Set<SystemCallName>([
  'mvGetMicroseconds',
  'mvGetWallTime',
  'mvGetNetworkStatus',
  'mvGetNetworkReasons',
  'mvMqttGetNextReadableDataType',
  'mvReadConfigFetchResponseData',
  'mvReadHttpResponseData',
  'mvReadChannel',
]);
/** What a call waits in by itself. */
const WAITING: ReadonlySet<string> = new Set<SystemCallName>(['mvPowerSave']);

function kindOf(name: SystemCallName): FunctionKind {
  if (SPINNING.has(name)) return 'spinning';
  return WAITING.has(name) ? 'blocking' : 'plain';
}

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
    offers.set(`env.${name}`, { signature: { params: callSignatures[name], results: ['i32'] }, kind: kindOf(name) });
  }
  for (const [name, offer] of Object.entries({ ...HOST, ...board?.offers })) offers.set(`env.${name}`, offer);
  for (const [name, offer] of Object.entries(wasiOffers)) offers.set(`wasi_snapshot_preview1.${name}`, offer);
  return offers;
}
