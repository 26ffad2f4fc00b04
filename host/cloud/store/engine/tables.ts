/**
 * Every kind of record that a store keeps, with the parts of its key in order. LMDB puts the parts after the name of the table;
 * in PostgreSQL each table is one of the schema, and each part a column of its primary key.
 *
 * Parts are printable ASCII, at most {@link MAX_PART_LENGTH} characters, and sort by their bytes.
 */
export const TABLES = {
  /** The keys that records are sealed with, each wrapped by the master key; `number` has ten digits. The only table that is not sealed. */
  data_key: ['number'],
  /** What wasmqtt notes about this store. */
  meta: ['name'],
  account: ['account_sid'],
  /** Configs and secrets. `device_sid` is empty for what belongs to the account; `collection` is `configs` or `secrets`. */
  value: ['account_sid', 'device_sid', 'collection', 'key'],
  device: ['account_sid', 'device_sid'],
  /** From a unique name to the device that has it. */
  device_name: ['account_sid', 'unique_name'],
  /** Keys by which devices show who they are. `key_id` is 16 hex digits. */
  device_key: ['account_sid', 'device_sid', 'key_id'],
  app: ['account_sid', 'app_sid'],
  /** From a unique name to the application that has it. */
  app_name: ['account_sid', 'unique_name'],
  /** The bytes of applications. */
  bundle: ['account_sid', 'sha256'],
  api_key: ['key_sid'],
  /** Log lines that came together. `sequence` is that of the last of them, in 16 hex digits. */
  device_log: ['account_sid', 'device_sid', 'sequence'],
  /** Where the log of a device ends. */
  device_log_end: ['account_sid', 'device_sid'],
  /** Who may log in at dojot's PKI. */
  pki_user: ['username'],
  /** Certificate authorities, with their private keys. */
  pki_ca: ['ca_name'],
  /** Of each: `newest` is its last CRL, `changed` is written with each revocation. */
  pki_crl: ['ca_name', 'item'],
  /** What stands in CRLs. `serial_number` is in lower-case hex. */
  pki_revoked: ['ca_name', 'serial_number'],
  /** Whom certificates are for: `tenant:device`, or the name of a service. */
  pki_entity: ['entity'],
  pki_certificate: ['ca_name', 'serial_number'],
  /** From an entity to its certificates, and to those that became its own, oldest first: `issue` is a time and the serial number. */
  pki_entity_certificate: ['entity', 'issue'],
  /** The same for those of a tenant, which is empty for services, that are not revoked. */
  pki_tenant_certificate: ['tenant', 'issue'],
  /** From a fingerprint to its certificate. */
  pki_fingerprint: ['fingerprint'],
} as const satisfies Record<string, readonly string[]>;

export type Table = keyof typeof TABLES;

/** In bytes. */
export const MAX_PART_LENGTH = 256;
