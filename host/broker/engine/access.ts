import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { type ProtocolVersion, type QoS, ReasonCode } from '../../core/index.js';

/** Who is asking to come in: the CONNECT packet and what TLS says. */
export interface AuthenticateRequest {
  clientId: string;
  userName?: string;
  password?: Uint8Array;
  /** First CN of the verified client certificate. */
  certificateCommonName?: string;
  remote: string;
  protocolVersion: ProtocolVersion;
}

export interface AuthenticateResult {
  /** MQTT 5 reason code: 0 lets the client in. Clients of 3.1.1 get the return code nearest to it. */
  reasonCode: number;
  /** The name that access rules see from now on; without it, the one in the CONNECT packet. */
  userName?: string;
}

export type Authenticate = (request: AuthenticateRequest) => AuthenticateResult;

/** A client that was let in. */
export interface ClientIdentity {
  clientId: string;
  userName?: string;
  certificateCommonName?: string;
  remote: string;
  protocolVersion: ProtocolVersion;
}

/**
 * `deny` refuses this one thing: a PUBACK or SUBACK with the reason (5), a normal PUBACK with the message dropped or
 * SUBACK 0x80 (3.1.1). `disconnect` ends the connection.
 */
export type Decision = 'allow' | 'deny' | 'disconnect';

/** What clients may do. Each rule that is left out allows; one that throws refuses. */
export interface AccessRules {
  /** Called after authentication. 0, or the MQTT 5 reason code to refuse with. */
  connect?(client: ClientIdentity): number;
  publish?(client: ClientIdentity, topic: string, message: { qos: QoS; retain: boolean; size: number }): Decision;
  subscribe?(client: ClientIdentity, topicFilter: string, qos: QoS): Decision;
  /** Called at each delivery; false drops it silently. */
  receive?(client: ClientIdentity, topic: string): boolean;
}

/** Everything is allowed. */
export const openAccess: AccessRules = {};

/** Refuses where the callback throws. @param onError is told what was thrown */
export function guardAuthentication(
  authenticate: Authenticate,
  onError: (remote: string, error: unknown) => void,
): Authenticate {
  return (request) => {
    try {
      return authenticate(request);
    } catch (error) {
      onError(request.remote, error);
      return { reasonCode: ReasonCode.implementationSpecificError };
    }
  };
}

/** The rules with all defaults filled in; a rule that throws refuses. @param onError is told what was thrown */
export function guardAccess(
  rules: AccessRules,
  onError: (remote: string, error: unknown) => void,
): Required<AccessRules> {
  const guard = <T>(client: ClientIdentity, refusal: T, ask: () => T): T => {
    try {
      return ask();
    } catch (error) {
      onError(client.remote, error);
      return refusal;
    }
  };
  return {
    connect: (client) =>
      guard<number>(client, ReasonCode.implementationSpecificError, () => rules.connect?.(client) ?? 0),
    publish: (client, topic, message) =>
      guard<Decision>(client, 'deny', () => rules.publish?.(client, topic, message) ?? 'allow'),
    subscribe: (client, filter, qos) =>
      guard<Decision>(client, 'deny', () => rules.subscribe?.(client, filter, qos) ?? 'allow'),
    receive: (client, topic) => guard(client, false, () => rules.receive?.(client, topic) ?? true),
  };
}

export interface PasswordOptions {
  /** User name to password, or a callback that decides. */
  users?: ReadonlyMap<string, string> | ((userName: string, password: Uint8Array) => boolean);
  /** Let clients in that send no user name. Default: true when `users` is not given. */
  allowAnonymous?: boolean;
  /** The certificate's CN is the user name; `users` and the CONNECT packet's name and password are not looked at. */
  useIdentityAsUsername?: boolean;
}

/**
 * Authentication by a list of passwords or by certificate. A refusal is always 0x87 Not authorized (return code 5 in
 * 3.1.1), whether the name or the password was wrong.
 */
export function passwordAuthentication(options: PasswordOptions = {}): Authenticate {
  const { users, useIdentityAsUsername = false } = options;
  const allowAnonymous = options.allowAnonymous ?? users === undefined;
  const refused: AuthenticateResult = { reasonCode: ReasonCode.notAuthorized };
  const admitted = (userName?: string): AuthenticateResult => ({ reasonCode: ReasonCode.success, userName });
  const check = typeof users === 'function' ? users : passwordList(users ?? new Map());

  return ({ userName, password, certificateCommonName }) => {
    if (useIdentityAsUsername) return certificateCommonName ? admitted(certificateCommonName) : refused;
    if (userName === undefined) return allowAnonymous ? admitted() : refused;
    if (users === undefined) return allowAnonymous ? admitted(userName) : refused;
    return check(userName, password ?? new Uint8Array(0)) ? admitted(userName) : refused;
  };
}

/**
 * Compares in constant time: both sides are first brought to the same length by a keyed hash, and a name that is not in
 * the list costs the same as one that is.
 */
function passwordList(users: ReadonlyMap<string, string>): (userName: string, password: Uint8Array) => boolean {
  const key = randomBytes(32);
  const digest = (value: Uint8Array | string) => createHmac('sha256', key).update(value).digest();
  const nobody = randomBytes(32);
  return (userName, password) => {
    const expected = users.get(userName);
    const reference = digest(expected ?? nobody);
    return timingSafeEqual(reference, digest(password)) && expected !== undefined;
  };
}
