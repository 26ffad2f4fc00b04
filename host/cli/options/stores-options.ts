/** The folder of stores and PKI when none is named. */
export const DEFAULT_DATA = '.wasmqtt';

/** Options that lead to the stores of a device or of the account. */
export interface StoresOptions {
  data: string;
  /** Another folder of the stores, or an address of PostgreSQL. */
  store?: string;
  /** Address of the REST calls; without it the stores are in the folder. */
  cloud?: string;
  deviceSid?: string;
  /** Default `device`. */
  scope?: 'device' | 'account';
}
