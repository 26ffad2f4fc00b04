/** dojot's PKI: the REST calls of its document over a store. */
export type { Generation } from '../generation.js';
export { type DojotUser, type UserGroup, Users } from './records/users.js';
export type { PkiOptions as DojotPkiOptions, PkiServer as DojotPkiServer } from './rest/pki-options.js';
export { startDojotPki } from './start-dojot-pki.js';
