import type { ClientIdentity, ConnectRequest } from '../../engine/rules.js';
import type { PolicyContext } from './policy/decide/policy-context.js';
import { PolicySession } from './policy/policy-session.js';
import type { PolicyDecision } from './policy/policy-set.js';
import { RateWindow } from './rate-limit.js';
import type { Standing, ThingRegistry } from './things/thing-registry.js';

/** Resources of which is remembered that they are withheld. */
const MOST_WITHHELD = 100;

/**
 * Who a connection is, for its policies: what is known of a client, and how it stands in the registry; and all that the rules remember
 * of the connection, which so ends with it.
 */
export class Principal {
  readonly clientId: string;
  readonly certificateId: string | undefined;
  readonly sourceIp: string;
  readonly remote: string;
  readonly standing: Standing;
  readonly publishes = new RateWindow();
  readonly #context: PolicyContext;
  readonly #withheld = new Set<string>();
  #session: PolicySession | undefined;

  constructor(registry: ThingRegistry, { clientId, certificate, remote, serverName }: ClientIdentity) {
    this.clientId = clientId;
    this.certificateId = certificate?.fingerprint;
    this.remote = remote;
    this.sourceIp = addressIn(remote);
    this.standing = registry.standingOf(clientId, this.certificateId);
    const { thing, attachedThings } = this.standing;
    this.#context = {
      clientId,
      sourceIp: this.sourceIp,
      domainName: serverName,
      certificateId: this.certificateId,
      certificate: certificate?.der,
      thing,
      isAttached: thing !== undefined,
      attachedThings,
    };
  }

  /** `iot:Connect`, which alone sees the will and whether the session lasts. */
  decideConnect({ clientId, sessionExpiryInterval, will }: ConnectRequest): PolicyDecision {
    const connectAttributes: NonNullable<PolicyContext['connectAttributes']> = [
      ...(sessionExpiryInterval > 0 ? (['PersistentConnect'] as const) : []),
      ...(will ? (['LastWill'] as const) : []),
    ];
    const context = { ...this.#context, connectAttributes, lastWillTopic: will?.topic };
    return this.standing.policies.decide({ action: 'iot:Connect', resource: `client/${clientId}` }, context);
  }

  /** @param resource what follows the account in the ARN, such as `topic/a` */
  decide(action: string, resource: string): PolicyDecision {
    this.#session ??= new PolicySession(this.standing.policies, this.#context);
    return this.#session.decide(action, resource);
  }

  /** Whether a message of a resource is kept from it for the first time. */
  isNewlyWithheld(resource: string): boolean {
    if (this.#withheld.has(resource)) return false;
    if (this.#withheld.size >= MOST_WITHHELD) this.#withheld.clear();
    this.#withheld.add(resource);
    return true;
  }
}

/** The address without its port. */
function addressIn(remote: string): string {
  return remote.replace(/:\d+$/, '').replace(/^::ffff:(?=\d+\.)/i, '');
}
