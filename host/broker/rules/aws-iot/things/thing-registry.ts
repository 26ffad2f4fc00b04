import type { PolicyThing } from '../policy/decide/policy-context.js';
import type { NamedPolicy } from '../policy/document/policy-document.js';
import { PolicySet } from '../policy/policy-set.js';

export type CertificateStatus = 'ACTIVE' | 'INACTIVE' | 'REVOKED';

/** A certificate of the registry. */
export interface RegisteredCertificate {
  /** SHA-256 of the DER, 64 lower case hex digits. */
  readonly id: string;
  readonly status: CertificateStatus;
  /** Names of policies. */
  readonly policies: readonly string[];
}

/** A thing of the registry. */
export interface RegisteredThing extends PolicyThing {
  readonly groups: readonly string[];
  /** Ids of the certificates that it is attached to. */
  readonly certificates: readonly string[];
  /** Those of them that stand for this thing alone, whatever the client id. */
  readonly exclusive: readonly string[];
}

/** What a registry holds. The names in it all exist. */
export interface RegistryContent {
  readonly policies: ReadonlyMap<string, NamedPolicy>;
  /** By id. */
  readonly certificates: ReadonlyMap<string, RegisteredCertificate>;
  readonly things: ReadonlyMap<string, RegisteredThing>;
  /** Names of policies, by group. */
  readonly groups: ReadonlyMap<string, readonly string[]>;
}

/** Who a connection is for the registry. */
export interface Standing {
  /** The thing that it stands for. */
  readonly thing: RegisteredThing | undefined;
  /** Names of things that the certificate is attached to. */
  readonly attachedThings: readonly string[];
  readonly isExclusive: boolean;
  readonly policies: PolicySet;
}

/** Things, certificates, groups and policies: the part of AWS IoT's registry that decides who may do what. */
export class ThingRegistry {
  readonly #content: RegistryContent;
  /** By the names of their policies. */
  readonly #sets = new Map<string, PolicySet>();
  /** Things by the certificates that they are attached to. */
  readonly #attached = new Map<string, RegisteredThing[]>();

  constructor(content: RegistryContent) {
    this.#content = content;
    for (const thing of content.things.values()) {
      for (const id of thing.certificates) {
        const attached = this.#attached.get(id);
        if (attached) attached.push(thing);
        else this.#attached.set(id, [thing]);
      }
    }
  }

  get things(): ReadonlyMap<string, RegisteredThing> {
    return this.#content.things;
  }

  get policies(): ReadonlyMap<string, NamedPolicy> {
    return this.#content.policies;
  }

  /** Why a certificate is not let in, in AWS's words (Connection.AuthNError); undefined when it is. */
  objectionTo(certificateId: string | undefined): string | undefined {
    if (certificateId === undefined) return 'NOT_AUTHENTICATED: the client showed no certificate';
    const certificate = this.#content.certificates.get(certificateId);
    if (!certificate) {
      const advice = 'register it, or use the key and certificate of a thing';
      return `DEVICE_CERTIFICATE_NOT_REGISTERED: no certificate ${certificateId} in the registry; ${advice}`;
    }
    if (certificate.status === 'ACTIVE') return undefined;
    return `DEVICE_CERTIFICATE_${certificate.status}: the certificate ${certificateId} is ${certificate.status} in the registry`;
  }

  /**
   * Who a client with this id and certificate is. A certificate that is attached exclusively names the thing; otherwise the client id
   * does, if it is the name of a thing of the certificate. Policies of groups hold only for a client id that is the name of its thing.
   */
  standingOf(clientId: string, certificateId: string | undefined): Standing {
    const { certificates } = this.#content;
    const certificate = certificateId === undefined ? undefined : certificates.get(certificateId);
    const attached = (certificate && this.#attached.get(certificate.id)) ?? [];
    const exclusive = attached.find((thing) => certificate && thing.exclusive.includes(certificate.id));
    const named = attached.find(({ name }) => name === clientId);
    const groups = named?.groups ?? [];
    return {
      thing: exclusive ?? named,
      attachedThings: attached.map(({ name }) => name),
      isExclusive: exclusive !== undefined,
      policies: this.#setOf([
        ...(certificate?.policies ?? []),
        ...groups.flatMap((group) => this.#content.groups.get(group) ?? []),
      ]),
    };
  }

  #setOf(names: readonly string[]): PolicySet {
    const distinct = [...new Set(names)].sort();
    const key = JSON.stringify(distinct);
    const known = this.#sets.get(key) ?? PolicySet.of(distinct.map((name) => this.#content.policies.get(name)!));
    this.#sets.set(key, known);
    return known;
  }
}
