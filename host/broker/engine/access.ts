import { type ProtocolVersion, type QoS, ReasonCode } from '../../core/index.js';

/** Who asks to come in: from the CONNECT packet and from TLS. */
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
  /** The name that access rules see from now on; default: the one in the CONNECT packet. */
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
 * `deny` refuses this one request. MQTT 5 clients get a PUBACK, PUBREC or SUBACK with the reason. In 3.1.1 a denied
 * message is acknowledged and dropped, and a denied subscription gets SUBACK 0x80. `disconnect` ends the connection.
 */
export type Decision = 'allow' | 'deny' | 'disconnect';

/** What clients may do. Each rule that is left out allows; one that throws refuses. */
export interface AccessRules {
  /** Called after authentication. 0, or the MQTT 5 reason code to refuse with. */
  connect?(client: ClientIdentity): number;
  publish?(client: ClientIdentity, topic: string, message: { qos: QoS; retain: boolean; size: number }): Decision;
  subscribe?(client: ClientIdentity, topicFilter: string, qos: QoS): Decision;
  /** Called at each delivery; false drops the message for this client, without an event. */
  receive?(client: ClientIdentity, topic: string): boolean;
}

/** Every client may come in, under the user name that it sends. */
export const openAuthentication: Authenticate = () => ({ reasonCode: ReasonCode.success });

/** Everything is allowed. */
export const openAccess: AccessRules = {};

/** The same, but a callback that throws, or answers nonsense, refuses. @param onError gets what was thrown */
export function guardAuthentication(
  authenticate: Authenticate,
  onError: (remote: string, error: unknown) => void,
): Authenticate {
  return (request) => {
    try {
      const result = authenticate(request);
      checkReasonCode('authenticate', result.reasonCode);
      return result;
    } catch (error) {
      onError(request.remote, error);
      return { reasonCode: ReasonCode.implementationSpecificError };
    }
  };
}

/**
 * The rules with all defaults filled in; a rule that throws, or answers nonsense, refuses.
 *
 * @param onError gets what was thrown
 */
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
      guard<number>(client, ReasonCode.implementationSpecificError, () =>
        checkReasonCode('the access rule connect', rules.connect?.(client) ?? 0),
      ),
    publish: (client, topic, message) =>
      guard<Decision>(client, 'deny', () =>
        checkDecision('publish', rules.publish?.(client, topic, message) ?? 'allow'),
      ),
    subscribe: (client, filter, qos) =>
      guard<Decision>(client, 'deny', () =>
        checkDecision('subscribe', rules.subscribe?.(client, filter, qos) ?? 'allow'),
      ),
    receive: (client, topic) => guard(client, false, () => rules.receive?.(client, topic) ?? true),
  };
}

/** A code goes into CONNACK: it is success or a refusal. @throws TypeError */
function checkReasonCode(who: string, code: number): number {
  const isRefusal = Number.isInteger(code) && code >= ReasonCode.unspecifiedError && code <= 0xff;
  if (isRefusal || code === ReasonCode.success) return code;
  throw new TypeError(`${who} answered reason code ${code}; return 0 or one from 0x80 to 0xff, and not a promise`);
}

/** @throws TypeError */
function checkDecision(rule: string, decision: Decision): Decision {
  if (decision === 'allow' || decision === 'deny' || decision === 'disconnect') return decision;
  throw new TypeError(
    `the access rule ${rule} answered ${decision}; return allow, deny or disconnect, and not a promise`,
  );
}
