import { type callSignatures, MvStatus, type SystemCallName, systemCalls } from '../../../build/abi/microvisor.js';

/**
 * Statuses that the SDK describes in its status enum and limits, yet leaves out of the list beside the call:
 * a config fetch has no other way to report a bad key.
 */
const SUPPLEMENT = {
  mvSendConfigFetchRequest: [
    MvStatus.TOOMANYCONFIGKEYS,
    MvStatus.UNKNOWNCONFIGSTORE,
    MvStatus.UNKNOWNCONFIGSCOPE,
    MvStatus.INVALIDCONFIGKEY,
  ],
  // The SDK lists OKAY alone.
  mvSetWifiConfig: [
    MvStatus.PARAMETERFAULT,
    MvStatus.UNAVAILABLE,
    MvStatus.UNSUPPORTEDSTRUCTUREVERSION,
    MvStatus.INPUTTOOLONG,
  ],
  mvGetWifiConfig: [
    MvStatus.PARAMETERFAULT,
    MvStatus.UNAVAILABLE,
    MvStatus.UNSUPPORTEDSTRUCTUREVERSION,
    MvStatus.INVALIDBUFFERSIZE,
  ],
  // The enum has it for requests that failed.
  mvReadHttpResponseHeader: [MvStatus.REQUESTUNSUCCESSFUL],
  mvReadHttpResponseBody: [MvStatus.REQUESTUNSUCCESSFUL],
} as const satisfies Partial<Record<SystemCallName, readonly MvStatus[]>>;

type Supplement = typeof SUPPLEMENT;

/** The statuses that a call may return. */
export type StatusOf<Name extends SystemCallName> =
  | (typeof systemCalls)[Name]['statuses'][number]
  | (Name extends keyof Supplement ? Supplement[Name][number] : never);

/**
 * Every status that a call may return.
 *
 * @example
 * ```ts
 * import { allowedStatuses } from 'wasmqtt/microvisor';
 *
 * allowedStatuses('mvNoOp'); // => [ 0 ]
 * ```
 */
export function allowedStatuses(name: SystemCallName): readonly MvStatus[] {
  const supplement: Partial<Record<SystemCallName, readonly MvStatus[]>> = SUPPLEMENT;
  return [...systemCalls[name].statuses, ...(supplement[name] ?? [])];
}

/**
 * A mistake of the shim itself, for example a status that is not documented for the call.
 *
 * @example
 * ```ts
 * import { createKernel, KernelError, tlsTransport } from 'wasmqtt/microvisor';
 *
 * const config = { fetch: async () => [] };
 * const kernel = createKernel({ now: () => 0, deviceId: `UV${'0'.repeat(32)}`, config, mqttTransport: tlsTransport() });
 * try {
 *   kernel.call('mvNothing' as 'mvNoOp');
 * } catch (error) {
 *   error instanceof KernelError; // => true
 * }
 * ```
 */
export class KernelError extends Error {
  override name = 'KernelError';
}

type Words<Types extends readonly unknown[]> = { readonly [Index in keyof Types]: number };

/** The handlers of a family of calls, by C name. Parameters are unsigned 32-bit numbers, the result is the status. */
export type Calls = {
  readonly [Name in SystemCallName]?: (...words: Words<(typeof callSignatures)[Name]>) => StatusOf<Name>;
};
