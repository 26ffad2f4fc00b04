import type { StoreError, StoreErrorCode } from '../store/store-error.js';

/** A bad device SID is 404: to the client it is a device that does not exist. */
const STORE_STATUS: Record<StoreErrorCode, number> = {
  'invalid-key': 400,
  'invalid-value': 400,
  'invalid-device-sid': 404,
  'invalid-sid': 404,
  'invalid-name': 400,
  'invalid-app': 400,
  'already-exists': 409,
  'not-found': 404,
  'in-use': 409,
  unusable: 500,
  storage: 500,
  damaged: 500,
  full: 507,
  unavailable: 503,
  conflict: 503,
  closed: 503,
};

/** What the client is told when it can do nothing about it: the store's own words are for the log, they name files and records. */
const STORE_MESSAGES: Partial<Record<StoreErrorCode, string>> = {
  unusable: 'the store cannot be used; the log of the server says why',
  storage: 'the store could not be read or written; nothing was changed; the log of the server says why',
  damaged: 'what is stored here is damaged and not given out; restore a backup, or write it again',
  full: 'the disk of the store is full; nothing was changed, and reads go on; try again when there is room',
  unavailable: 'the database cannot be reached; a change may or may not have been made: look, then try again',
  conflict: 'others changed the same at the same time, again and again; nothing was changed; try again',
  closed: 'the server is stopping; nothing was changed; try again',
};

/** The status that a call gets, and the words for whoever made it. */
export function storeRefusal({ code, message }: StoreError): { status: number; message: string } {
  return { status: STORE_STATUS[code], message: STORE_MESSAGES[code] ?? message };
}
