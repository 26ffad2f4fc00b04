import { StoreError } from '../store-error.js';

/** @param accountSid what was looked for */
export function noSuchAccount(accountSid: string): StoreError {
  return new StoreError('not-found', `there is no account ${accountSid} in this store; wasmqtt cloud account list`);
}
