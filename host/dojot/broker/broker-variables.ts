import type { Generation } from '../generation.js';
import type { VariableKind } from './variable-kinds.js';

/** An environment variable of dojot's broker. */
export interface BrokerVariable {
  readonly name: string;
  readonly kind: VariableKind;
  /** Its default in each generation that has it; `''` for none. */
  readonly defaults: Partial<Record<Generation, string>>;
  /** For people: what follows the name. */
  readonly meaning: string;
  /** Taken, and without effect here: why. */
  readonly isIdle?: string;
}

const all = (value: string) => ({ 1: value, 2: value, 3: value });
const early = (value: string) => ({ 1: value, 2: value });

/** Every variable of the broker and, in generation 3, of the sidecar that gets its certificates. */
export const BROKER_VARIABLES = [
  {
    name: 'PLUGIN_ACL_K2V_SERVICENAME',
    kind: 'names',
    defaults: all('k2v-bridge'),
    meaning: 'user names that publish to every `…/config`; several with commas between',
  },
  {
    name: 'PLUGIN_ACL_V2K_SERVICENAME',
    kind: 'names',
    defaults: all('v2k-bridge'),
    meaning: 'user names that subscribe to everything; several with commas between',
  },
  {
    name: 'PLUGIN_ACL_CHAIN',
    kind: 'y or n',
    defaults: all('n'),
    meaning: 'whether the next plugin decides on what is allowed',
    isIdle: 'there is no other plugin',
  },
  {
    name: 'PLUGIN_DISC_LIFETIME_SESSION',
    kind: 'milliseconds',
    defaults: all('1800000'),
    meaning: 'how long a device stays connected, milliseconds',
  },
  { name: 'HOSTNAME', kind: 'text', defaults: all('broker'), meaning: 'common name of the broker’s certificate' },
  {
    name: 'EJBCA_ADDRESS',
    kind: 'address',
    defaults: { 1: 'ejbca-wrapper:5583', 2: 'x509-identity-mgmt:3000' },
    meaning: 'the PKI, without a token',
  },
  {
    name: 'EJBCA_HOSTNAME',
    kind: 'text',
    defaults: { 1: '' },
    meaning: 'host of the PKI, if `EJBCA_ADDRESS` is not set',
  },
  { name: 'EJBCA_PORT', kind: 'port', defaults: { 1: '' }, meaning: 'port of the PKI, if `EJBCA_ADDRESS` is not set' },
  {
    name: 'CA_NAME',
    kind: 'text',
    defaults: early('IOTmidCA'),
    meaning: 'the CA to ask for a certificate and a CRL, in generation 1; the PKI of generation 2 has one',
  },
  { name: 'SERVER_HOSTNAME', kind: 'text', defaults: { 1: 'localhost' }, meaning: 'a name that clients connect to' },
  { name: 'SERVER_IP', kind: 'text', defaults: { 1: '' }, meaning: 'an address that clients connect to' },
  { name: 'INTERNAL_DNS', kind: 'text', defaults: { 2: 'vernemq-k8s' }, meaning: 'a name that the bridges connect to' },
  {
    name: 'EXTERNAL_SERVER_HOSTNAME',
    kind: 'text',
    defaults: { 2: 'localhost' },
    meaning: 'a name that devices connect to',
  },
  { name: 'EXTERNAL_SERVER_IP', kind: 'text', defaults: { 2: '' }, meaning: 'an address that devices connect to' },
  { name: 'CRL_UPDATE_TIME', kind: 'cron', defaults: early('0 */2 * * *'), meaning: 'when a new CRL is fetched' },
  {
    name: 'CHECK_EXPIRATION_TIME',
    kind: 'cron',
    defaults: early('0 1 * * *'),
    meaning: 'when the ends of the broker’s certificate and of the CA are looked at',
  },
  {
    name: 'CHECKEND_EXPIRATION_SEC',
    kind: 'seconds',
    defaults: early('43200'),
    meaning: 'how long before its end a certificate is renewed, seconds',
  },
  {
    name: 'CHECK_BROKER_CERT_REVOKED_TIME',
    kind: 'cron',
    defaults: early('0 */3 * * *'),
    meaning: 'when the broker’s certificate is looked up in the CRL',
  },
  {
    name: 'BASE_DIR',
    kind: 'text',
    defaults: early('/vernemq'),
    meaning: 'the folder of the broker',
    isIdle: 'key and certificate are kept in memory',
  },
  {
    name: 'USE_VMQ_OPERATOR',
    kind: 'y or n',
    defaults: early('n'),
    meaning: 'whether an operator starts the broker',
    isIdle: 'the broker starts itself',
  },
  {
    name: 'CERT_SC_X509_URL',
    kind: 'url',
    defaults: { 3: 'http://x509-identity-mgmt:3000' },
    meaning: 'the PKI, without a token',
  },
  {
    name: 'CERT_SC_X509_TIMEOUT_MS',
    kind: 'milliseconds',
    defaults: { 3: '10000' },
    meaning: 'how long the PKI may take for an answer, milliseconds',
  },
  {
    name: 'CERT_SC_X509_RETRIES',
    kind: 'count',
    defaults: { 3: '9' },
    meaning: 'attempts at the PKI before the sidecar ends',
    isIdle: 'the broker goes on trying',
  },
  {
    name: 'CERT_SC_CERTS_COMMON_NAME',
    kind: 'text',
    defaults: { 3: '' },
    meaning: 'common name of the broker’s certificate, if it is not `HOSTNAME`',
  },
  {
    name: 'CERT_SC_CERTS_HOSTNAMES',
    kind: 'host list',
    defaults: { 3: '["localhost"]' },
    meaning: 'names and addresses that clients connect to, a JSON list',
  },
  {
    name: 'CERT_SC_CERTS_EXPIRATION_CHECKEND_SEC',
    kind: 'seconds',
    defaults: { 3: '43200' },
    meaning: 'how long before its end a certificate is renewed, seconds',
  },
  { name: 'CERT_SC_CRON_CRL', kind: 'true or false', defaults: { 3: 'true' }, meaning: 'whether new CRLs are fetched' },
  {
    name: 'CERT_SC_CRON_CRL_TIME',
    kind: 'cron',
    defaults: { 3: '0 0 */2 * * *' },
    meaning: 'when, with seconds in front',
  },
  {
    name: 'CERT_SC_CRON_EXPIRATION',
    kind: 'true or false',
    defaults: { 3: 'true' },
    meaning: 'whether the ends of certificates are looked at',
  },
  {
    name: 'CERT_SC_CRON_EXPIRATION_TIME',
    kind: 'cron',
    defaults: { 3: '0 0 */1 * * *' },
    meaning: 'when, with seconds in front',
  },
  {
    name: 'CERT_SC_CRON_REVOKE',
    kind: 'true or false',
    defaults: { 3: 'false' },
    meaning: 'whether the broker’s certificate is looked up in the CRL',
  },
  {
    name: 'CERT_SC_CRON_REVOKE_TIME',
    kind: 'cron',
    defaults: { 3: '0 0 */3 * * *' },
    meaning: 'when, with seconds in front',
  },
  {
    name: 'CERTIFICATE_ACL_URL',
    kind: 'url',
    defaults: { 3: 'http://certificate-acl:3000/internal/api/v1/acl-entries/' },
    meaning: 'who knows the owner of a certificate, by its fingerprint',
  },
  {
    name: 'CERTIFICATE_ACL_REQ_TIMEOUT_MS',
    kind: 'milliseconds',
    defaults: { 3: '1000' },
    meaning: 'how long that may take, milliseconds',
  },
] as const satisfies readonly BrokerVariable[];

export type BrokerVariableName = (typeof BROKER_VARIABLES)[number]['name'];

/** Other variables that begin so were meant for the broker, and are mistakes. */
export const OWN_PREFIXES = [
  ...['PLUGIN_ACL_', 'PLUGIN_DISC_', 'CRL_UPDATE', 'CHECK_EXPIRATION', 'CHECKEND_', 'CHECK_BROKER_'],
  ...['EJBCA_', 'CERT_SC_', 'CERTIFICATE_ACL_'],
];
