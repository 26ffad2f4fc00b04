import { ReasonCode } from '../../../core/index.js';
import {
  type Admission,
  ALLOW,
  type ClientCertificate,
  type ClientIdentity,
  type ConnectRequest,
  type Decision,
  type PublishRequest,
  type Rules,
  refuse,
  type SubscribeRequest,
} from '../../engine/rules.js';
import { ownSessions } from '../own-sessions.js';
import { publishRefusal, type ServiceNames, subscribeRefusal } from './topic-access.js';

/** Who knows whose a certificate is, where its name does not say so: dojot's certificate-acl, from its third generation on. */
export interface CertificateOwners {
  /**
   * @returns `tenant:device` or the name of a service; undefined for a certificate that nobody owns
   * @throws Error with the reason when that cannot be found out now
   */
  ownerOf(certificate: ClientCertificate): Promise<string | undefined>;
}

export interface DojotRulesOptions {
  readonly services: ServiceNames;
  /** Milliseconds after which a device is disconnected; its session stays. */
  readonly lifetime: number;
  /** Who a client is: the first CN of its certificate, the owner of its certificate, or who it claims to be (without TLS). */
  readonly identity: 'common-name' | 'claim' | CertificateOwners;
  /** Called with each message and subscription that is refused. What it throws is an event `failed`. */
  readonly onRefusal?: (refusal: RuleRefusal) => void;
}

/** What a client may not do. */
export interface RuleRefusal {
  readonly clientId: string;
  readonly userName?: string;
  readonly action: 'publish' | 'subscribe';
  /** The topic, or the filter. */
  readonly topic: string;
  readonly reason: string;
}

/** VerneMQ's `max_client_id_size`, bytes. */
const LONGEST_CLIENT_ID = 100;

/**
 * The rules of one listener of dojot's broker. A client id belongs to the user whose session has it.
 *
 * @example
 * ```ts
 * import { type CertificateOwners, createBroker, type DojotRulesOptions, dojotRules } from 'wasmqtt/broker';
 * import type { RuleRefusal, ServiceNames } from 'wasmqtt/broker';
 *
 * const services: ServiceNames = { k2v: new Set(['k2v']), v2k: new Set(['v2k']) };
 * const identity: CertificateOwners = { ownerOf: async ({ commonName }) => commonName };
 * const refusals: RuleRefusal[] = [];
 * const onRefusal = (refusal: RuleRefusal) => refusals.push(refusal);
 * const options: DojotRulesOptions = { services, lifetime: 3600_000, identity, onRefusal };
 * const broker = await createBroker({ rules: dojotRules(options) });
 * await broker.close();
 * ```
 */
export function dojotRules(options: DojotRulesOptions): Rules {
  return { ...ownSessions(new DojotRules(options)), ...(options.identity !== 'claim' && NEEDS_CERTIFICATE) };
}

const NEEDS_CERTIFICATE = { needsCertificate: 'identity' };

class DojotRules implements Rules {
  readonly #options: DojotRulesOptions;

  constructor(options: DojotRulesOptions) {
    this.#options = options;
  }

  connect(request: ConnectRequest): Admission | Promise<Admission> {
    const { identity } = this.#options;
    const bytes = Buffer.byteLength(request.clientId);
    if (bytes > LONGEST_CLIENT_ID) {
      const reason = `a client id of ${bytes} bytes; use at most ${LONGEST_CLIENT_ID}`;
      return refuse(reason, ReasonCode.clientIdentifierNotValid);
    }
    if (identity === 'claim') return this.#admit(request, request.userName);
    const { certificate } = request;
    if (!certificate) return refuse('the client sent no certificate');
    if (identity === 'common-name') {
      const { commonName } = certificate;
      return commonName
        ? this.#admit(request, commonName)
        : refuse('the certificate has no common name: tenant:device');
    }
    return identity.ownerOf(certificate).then(
      (owner) => (owner === undefined ? refuse(noOwner(certificate)) : this.#admit(request, owner)),
      (error: Error) =>
        refuse(`the owner of the certificate is not known: ${error.message}`, ReasonCode.serverUnavailable),
    );
  }

  publish(client: ClientIdentity, { topic }: PublishRequest): Decision {
    const reason = publishRefusal(client.userName, topic, this.#options.services);
    if (reason === undefined) return ALLOW;
    this.#report(client, 'publish', topic, reason);
    // As VerneMQ: 3.1.1 has no answer that refuses a message, so the connection ends; in 3.1 the message is acknowledged and dropped.
    return refuse(reason, ReasonCode.notAuthorized, client.protocolVersion === 4 ? 'disconnect' : 'drop');
  }

  subscribe(client: ClientIdentity, { topicFilter }: SubscribeRequest): Decision {
    const reason = subscribeRefusal(client.userName, topicFilter, this.#options.services);
    if (reason === undefined) return ALLOW;
    this.#report(client, 'subscribe', topicFilter, reason);
    return refuse(reason);
  }

  #report({ clientId, userName }: ClientIdentity, action: RuleRefusal['action'], topic: string, reason: string): void {
    this.#options.onRefusal?.({ clientId, userName, action, topic, reason });
  }

  #admit({ will }: ConnectRequest, userName: string | undefined): Admission {
    const { services, lifetime } = this.#options;
    const refused = will && publishRefusal(userName, will.topic, services);
    if (refused !== undefined) return refuse(`the will: ${refused}`);
    return { allow: true, userName, ...(isDevice(userName, services) && { maximumConnectTime: lifetime }) };
  }
}

/** Its name has two parts: `tenant:device`. */
function isDevice(userName: string | undefined, { k2v, v2k }: ServiceNames): boolean {
  return userName?.split(':').length === 2 && !k2v.has(userName) && !v2k.has(userName);
}

function noOwner({ fingerprint }: ClientCertificate): string {
  return `nobody owns the certificate with the fingerprint ${colons(fingerprint)}`;
}

/** A fingerprint as dojot writes it: upper case, with colons. */
export function colons(fingerprint: string): string {
  return fingerprint.toUpperCase().match(/../g)!.join(':');
}
