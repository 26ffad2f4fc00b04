import { MvStatus, nameOf, type SystemCallName, systemCalls } from '../../../build/abi/microvisor.js';

/**
 * Statuses that the SDK describes in its status enum and limits, yet leaves out of the list beside the call:
 * a config fetch has no other way to report a bad key.
 */
const SUPPLEMENT: Partial<Record<SystemCallName, readonly MvStatus[]>> = {
  mvSendConfigFetchRequest: [
    MvStatus.TOOMANYCONFIGKEYS,
    MvStatus.UNKNOWNCONFIGSTORE,
    MvStatus.UNKNOWNCONFIGSCOPE,
    MvStatus.INVALIDCONFIGKEY,
  ],
};

/** Every status that a call may return. */
export function allowedStatuses(name: SystemCallName): readonly MvStatus[] {
  return [...systemCalls[name].statuses, ...(SUPPLEMENT[name] ?? [])];
}

/** Thrown inside a system call to end it with a status other than OKAY; the dispatcher turns it into the result. */
export class Refusal extends Error {
  override name = 'Refusal';
  readonly status: MvStatus;

  constructor(status: MvStatus) {
    super(nameOf(MvStatus, status));
    this.status = status;
  }
}

/** Ends the current system call with this status. */
export function refuse(status: MvStatus): never {
  throw new Refusal(status);
}

/** A mistake of the shim itself, for example a status that is not documented for the call. */
export class KernelError extends Error {
  override name = 'KernelError';
}

/** The handlers of a family of calls, by C name. Returning means OKAY; {@link refuse} ends a call with any other status. */
export type Calls = Partial<Record<SystemCallName, (...args: number[]) => void>>;
