import { ReasonCode, readCertificate } from '../../../core/index.js';
import {
  type Admission,
  ALLOW,
  type ClientCertificate,
  type ClientIdentity,
  type ConnectRequest,
  type Decision,
  type PublishRequest,
  type ReceiveRequest,
  type Refusal,
  type Rules,
  refuse,
  type SubscribeRequest,
} from '../../engine/rules.js';
import type { StatementPlace } from './policy/document/policy-document.js';
import type { Explanation } from './policy/explain/explain-decision.js';
import type { PolicyDecision } from './policy/policy-set.js';
import { Principal } from './principal.js';
import { RateLimit } from './rate-limit.js';
import type { ThingRegistry } from './things/thing-registry.js';
import { isReserved, overLimit, publishObjection, QUOTAS, subscribeObjection } from './topic-limits.js';

/** That policies refuse something, and why. */
export interface PolicyRefusal {
  readonly clientId: string;
  readonly certificateId?: string;
  /** Such as `iot:Publish`. */
  readonly action: string;
  /** What follows the account in the ARN, such as `topic/a`. */
  readonly resource: string;
  /** The statement that denies; undefined when none allows. */
  readonly statement?: StatementPlace;
  readonly explanation: Explanation;
}

export interface AwsIotRulesOptions {
  readonly registry: ThingRegistry;
  /** Milliseconds, never going back. */
  readonly now: () => number;
  /** Milliseconds since 1970. */
  readonly wallClock: () => number;
  /** Called for each refusal; for messages that a client does not receive, once for each topic of a connection. */
  readonly onRefusal?: (refusal: PolicyRefusal) => void;
  /** A client may come in. */
  readonly onAdmitted?: (principal: Principal) => void;
  /** The policies do not let a client come in. */
  readonly onTurnedAway?: (principal: Principal) => void;
  /** Whether AWS's rates hold: CONNECTs of a client id, PUBLISHes of a connection. Default true. */
  readonly limitRates?: boolean;
}

/** What AWS does about a PUBLISH or SUBSCRIBE that policies refuse: the one place for it. */
const REFUSED: Refusal['effect'] = 'answer and disconnect';

/** What AWS IoT Core lets clients do, by the policies of their certificates and things and by its quotas. */
export class AwsIotRules implements Rules {
  readonly needsCertificate = 'AWS IoT Core';
  readonly #options: AwsIotRulesOptions;
  readonly #connects: RateLimit;
  #registry: ThingRegistry;
  #principals = new WeakMap<ClientIdentity, Principal>();

  constructor(options: AwsIotRulesOptions) {
    this.#options = options;
    this.#registry = options.registry;
    this.#connects = new RateLimit(QUOTAS.connectsPerSecond, options.now);
  }

  /** Another registry holds from now on; `BrokerEngine.reconsider` makes it hold for who is connected. */
  replace(registry: ThingRegistry): void {
    this.#registry = registry;
    this.#principals = new WeakMap();
  }

  /** For a listener: why a certificate is not let in. See `TlsSettings.acceptCertificate`. */
  objectionTo(certificate: ClientCertificate | undefined): string | undefined {
    return (
      this.#registry.objectionTo(certificate?.fingerprint) ??
      (certificate && lifeObjection(certificate, this.#options.wallClock()))
    );
  }

  connect(request: ConnectRequest): Admission {
    const { clientId, will, isRepeated = false } = request;
    const objection = this.objectionTo(request.certificate) ?? this.#idObjection(clientId);
    if (objection) return typeof objection === 'string' ? refuse(objection) : objection;
    if (!isRepeated && this.#limitsRates && !this.#connects.take(clientId)) {
      return overLimit(`more than ${QUOTAS.connectsPerSecond} CONNECT a second of "${clientId}"`);
    }
    const principal = new Principal(this.#registry, request);
    const refusal =
      this.#judge(principal, 'iot:Connect', `client/${clientId}`, principal.decideConnect(request)) ??
      (will && this.#publishRefusal(principal, will));
    if (refusal) {
      if (!isRepeated) this.#options.onTurnedAway?.(principal);
      return refusal;
    }
    if (!isRepeated) this.#options.onAdmitted?.(principal);
    return ALLOW;
  }

  publish(client: ClientIdentity, request: PublishRequest): Decision {
    const { publishesPerSecond } = QUOTAS;
    const principal = this.#principalOf(client);
    if (this.#limitsRates && !principal.publishes.take(publishesPerSecond, this.#options.now())) {
      return refuse(`more than ${publishesPerSecond} PUBLISH a second`, ReasonCode.quotaExceeded, 'drop');
    }
    return this.#publishRefusal(principal, request) ?? ALLOW;
  }

  subscribe(client: ClientIdentity, { topicFilter, qos }: SubscribeRequest): Decision {
    // It is not downgraded, and gets no SUBACK.
    if (qos === 2) return overLimit('a subscription of QoS 2', ReasonCode.qosNotSupported);
    const objection = subscribeObjection(topicFilter);
    if (objection) return objection;
    const principal = this.#principalOf(client);
    const resource = `topicfilter/${topicFilter}`;
    const decision = principal.decide('iot:Subscribe', resource);
    return this.#judge(principal, 'iot:Subscribe', resource, decision) ?? ALLOW;
  }

  receive(client: ClientIdentity, { topic, sharedBy }: ReceiveRequest): Decision {
    const principal = this.#principalOf(client);
    const resource = `topic/${topic}`;
    const decision = principal.decide('iot:Receive', resource);
    if (sharedBy === undefined) {
      return decision.allowed ? ALLOW : this.#withheld(principal, resource, decision);
    }
    // AWS's own examples grant both: one is enough here, if none denies the other.
    const shared = `topic/$share/${sharedBy.split('/')[1]}/${topic}`;
    const other = principal.decide('iot:Receive', shared);
    const isDenied = (each: PolicyDecision) => !each.allowed && each.statement !== undefined;
    if ((decision.allowed || other.allowed) && !isDenied(decision) && !isDenied(other)) return ALLOW;
    return isDenied(other) ? this.#withheld(principal, shared, other) : this.#withheld(principal, resource, decision);
  }

  #principalOf(client: ClientIdentity): Principal {
    const known = this.#principals.get(client);
    if (known) return known;
    const principal = new Principal(this.#registry, client);
    this.#principals.set(client, principal);
    return principal;
  }

  #publishRefusal(principal: Principal, { topic, retain, size }: PublishRequest): Refusal | undefined {
    if (size > QUOTAS.payloadBytes) {
      return overLimit(`a payload of ${size} bytes; send at most ${QUOTAS.payloadBytes}`);
    }
    const objection = publishObjection(topic, retain);
    if (objection) return objection;
    const resource = `topic/${topic}`;
    const refusal = this.#judge(principal, 'iot:Publish', resource, principal.decide('iot:Publish', resource));
    if (refusal || !retain) return refusal;
    return this.#judge(principal, 'iot:RetainPublish', resource, principal.decide('iot:RetainPublish', resource));
  }

  #judge(principal: Principal, action: string, resource: string, decision: PolicyDecision): Refusal | undefined {
    if (decision.allowed) return undefined;
    const explanation = this.#tell(principal, action, resource, decision);
    return refuse(explanation.text, ReasonCode.notAuthorized, REFUSED);
  }

  /** The message is not delivered; the subscription stands. */
  #withheld(principal: Principal, resource: string, decision: PolicyDecision): Refusal {
    if (principal.isNewlyWithheld(resource)) this.#tell(principal, 'iot:Receive', resource, decision);
    return WITHHELD;
  }

  #tell(principal: Principal, action: string, resource: string, decision: PolicyDecision): Explanation {
    const { clientId, certificateId } = principal;
    const { statement } = decision;
    const explanation = decision.explain();
    this.#options.onRefusal?.({ clientId, certificateId, action, resource, statement, explanation });
    return explanation;
  }

  #idObjection(clientId: string): Refusal | undefined {
    const { clientIdentifierNotValid } = ReasonCode;
    const bytes = Buffer.byteLength(clientId);
    if (bytes > QUOTAS.clientIdBytes) {
      return overLimit(`a client id of ${bytes} bytes; use at most ${QUOTAS.clientIdBytes}`, clientIdentifierNotValid);
    }
    if (!isReserved(clientId)) return undefined;
    return overLimit(`the client id "${clientId}" is reserved: it begins with $`, clientIdentifierNotValid);
  }

  get #limitsRates(): boolean {
    return this.#options.limitRates !== false;
  }
}

function lifeObjection({ der, fingerprint }: ClientCertificate, now: number): string | undefined {
  const { notBefore, notAfter } = readCertificate(der);
  if (now > notAfter.getTime()) return `the certificate ${fingerprint} has expired: ${notAfter.toISOString()}`;
  if (now >= notBefore.getTime()) return undefined;
  return `the certificate ${fingerprint} is not valid before ${notBefore.toISOString()}; check the clock`;
}

const WITHHELD = refuse('the policies do not allow iot:Receive');
