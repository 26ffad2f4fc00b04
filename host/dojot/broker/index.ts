/** dojot's broker by its environment variables. */

export type { CertificateKeeper } from '../certificates/certificate-keeper.js';
export { type CertificateSet, pemsOf } from '../certificates/certificate-set.js';
export type { KeeperEvent } from '../certificates/keeper-event.js';
export { serviceKeeper } from '../certificates/service-keeper.js';
export type { Generation } from '../generation.js';
export type { BrokerSettings } from './broker-settings.js';
export { BROKER_VARIABLES, type BrokerVariable } from './broker-variables.js';
export { brokerKeeper } from './certificate-source.js';
export { DOJOT_PORTS, type DojotAddresses, dojotLimits, dojotListeners } from './dojot-listeners.js';
export { type Environment, type ReadVariables, readVariables, VariableError } from './read-variables.js';
