import type { ConnectCase } from './connect-case.js';

/** Why a connection failed, and what to do. */
export interface Diagnosis {
  /** Stable name, kebab-case. */
  trap: string;
  /** One clause: what is wrong. */
  reason: string;
  /** One clause: what to do. Options that set a value stand in parentheses, as `(--broker-port)`. */
  advice: string;
}

/** A row of the table. */
export interface Cause {
  trap: string;
  /** Whether the evidence shows this cause. */
  fits: (failed: ConnectCase) => boolean;
  reason: string | ((failed: ConnectCase) => string);
  advice: string | ((failed: ConnectCase) => string);
}

export const HOST = 'the config broker-host (--broker-host)';
export const PORT = 'the config broker-port (--broker-port)';
export const HOST_AND_PORT = 'the configs broker-host and broker-port (--broker-host, --broker-port)';
export const ROOT = 'the config root-CA (--root-ca FILE)';
export const CERTIFICATE = 'the config cert with the secret private_key (--cert, --key)';
export const USER = 'the config username and the secret password (--username, --password-file)';
export const TLS_PORT = `give the TLS port of the broker (usually 8883) in ${PORT}`;
