import {
  callSignatures,
  type MvStatus,
  nameOf,
  type SystemCallName,
  MvStatus as statuses,
} from '../../../build/abi/microvisor.js';
import { allowedStatuses, KernelError } from './statuses.js';

/** One system call as a module imports it: words, signed or unsigned, in; the status out. */
export type BoundCall = (...words: number[]) => MvStatus;

/** Called after every system call with its status and the words that it was called with. */
export type Trace = (call: SystemCallName, status: MvStatus, words: readonly number[]) => void;

/** Statuses are below this. */
const STATUS_BOUND = 64;
/** By status, whether a call may return it: the same for all kernels. */
const tables = new Map<SystemCallName, Uint8Array>();

function tableOf(name: SystemCallName): Uint8Array {
  let table = tables.get(name);
  if (!table) {
    table = new Uint8Array(STATUS_BOUND);
    for (const status of allowedStatuses(name)) table[status] = 1;
    tables.set(name, table);
  }
  return table;
}

/**
 * Makes a handler a function with as many parameters as the call has, so that a call allocates nothing on its way.
 *
 * @returns a function that throws KernelError when the handler returns a status that is not documented for the call
 */
export function bindCall(name: SystemCallName, handler: BoundCall, trace?: Trace): BoundCall {
  if (trace) return traced(name, bindCall(name, handler), trace);
  const allowed = tableOf(name);
  const checked = (status: MvStatus): MvStatus => {
    if (allowed[status] !== 1) {
      const found = nameOf(statuses, status);
      throw new KernelError(`internal error: ${name} returned ${found}, which is not documented for it`);
    }
    return status;
  };
  switch (callSignatures[name].length) {
    case 0:
      return () => checked(handler());
    case 1:
      return (a) => checked(handler(a >>> 0));
    case 2:
      return (a, b) => checked(handler(a >>> 0, b >>> 0));
    case 3:
      return (a, b, c) => checked(handler(a >>> 0, b >>> 0, c >>> 0));
    case 4:
      return (a, b, c, d) => checked(handler(a >>> 0, b >>> 0, c >>> 0, d >>> 0));
  }
}

const traced =
  (name: SystemCallName, call: BoundCall, trace: Trace): BoundCall =>
  (...words) => {
    const status = call(...words);
    trace(
      name,
      status,
      words.map((word) => word >>> 0),
    );
    return status;
  };
