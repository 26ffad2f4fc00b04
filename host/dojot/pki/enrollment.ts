import { createHash, timingSafeEqual } from 'node:crypto';
import { AGAIN, attempts } from '../../cloud/store/attempts.js';
import type { Engine } from '../../cloud/store/engine/engine.js';
import { StoreError } from '../../cloud/store/store-error.js';
import { RequestProblem } from '../../http/request-problem.js';
import type { Generation } from '../generation.js';
import { type CertificateProfile, profileFor } from './issue/certificate-profile.js';
import { type CheckedRequest, checkRequest } from './issue/check-request.js';
import { RefusedRequest } from './issue/refused-request.js';
import type { Authorities } from './records/authorities.js';
import type { BelongsTo, Certificates, StoredCertificate } from './records/certificates.js';
import type { Entities } from './records/entities.js';
import type { EntityName } from './records/entity-name.js';

export interface EnrollmentOptions {
  generation: Generation;
  /** validity of certificates in days; default that of the profile */
  days?: number;
  /** milliseconds since 1970 */
  now: () => number;
}

/** From a CSR to a certificate that is kept. */
export class Enrollment {
  readonly #engine: Engine;
  readonly #authorities: Authorities;
  readonly #entities: Entities;
  readonly #certificates: Certificates;
  readonly #options: EnrollmentOptions;

  constructor(
    engine: Engine,
    views: { authorities: Authorities; entities: Entities; certificates: Certificates },
    options: EnrollmentOptions,
  ) {
    this.#engine = engine;
    this.#authorities = views.authorities;
    this.#entities = views.entities;
    this.#certificates = views.certificates;
    this.#options = options;
  }

  /**
   * Issues a certificate for an entity, also when it has one.
   *
   * Rejects with RequestProblem 400 for an entity that there is not and a wrong password, RefusedRequest, StoreError.
   */
  sign(name: EntityName, password: string, csr: Uint8Array): Promise<StoredCertificate> {
    return attempts(`entity ${name.name}`, async () => {
      const found = await this.#entities.find(name);
      if (found === undefined) {
        throw new RequestProblem(
          400,
          `there is no entity ${name.name}; make it first: POST /user {"username": "${name.name}"}`,
        );
      }
      const { entity, generated } = found;
      if (!isSame(password, entity.password)) throw new RequestProblem(400, `passwd is not that of ${name.name}`);
      const profile = this.#profile(isService(name));
      const request = checkRequest(csr, profile);
      if (request.commonName !== name.name) {
        const advice = `make it with the subject /CN=${name.name}`;
        throw new RefusedRequest(`the CSR is for another one than ${name.name}; ${advice}`);
      }
      const { certificate, changes } = await this.#issue(entity.caName, request, profile, name);
      return (await this.#engine.commit([generated, ...changes])).committed ? certificate : AGAIN;
    });
  }

  /**
   * Issues a certificate without an entity.
   *
   * @param kind whether it is for a service of the platform
   * @param ownerOf whom it is for, by the common name of the CSR; throws when that may not be
   * Rejects with RefusedRequest, StoreError, and what `ownerOf` throws.
   */
  async signFor(
    caName: string,
    csr: Uint8Array,
    kind: 'device' | 'service',
    ownerOf: (commonName: string) => { name: EntityName; belongsTo: BelongsTo },
  ): Promise<StoredCertificate> {
    const profile = this.#profile(kind === 'service');
    const request = checkRequest(csr, profile);
    const { name, belongsTo } = ownerOf(request.commonName);
    const { certificate, changes } = await this.#issue(caName, request, profile, name, belongsTo);
    if ((await this.#engine.commit(changes)).committed) return certificate;
    throw new StoreError('conflict', 'a certificate with the same serial number was issued; try again');
  }

  #profile(forService: boolean): CertificateProfile {
    const { generation, days } = this.#options;
    return profileFor(generation, forService, days);
  }

  async #issue(
    caName: string,
    request: CheckedRequest,
    profile: CertificateProfile,
    { name, tenant }: EntityName,
    belongsTo: BelongsTo = {},
  ) {
    const authority = await this.#authorities.find(caName);
    if (authority === undefined) throw new RequestProblem(400, `CA with name ${caName} does not exist.`);
    const issued = await authority.issue(request, name, profile, this.#options.now());
    return this.#certificates.addition(issued, { caName, entity: name, tenant, belongsTo });
  }
}

function isService({ tenant }: EntityName): boolean {
  return tenant === '';
}

/** Takes as long whatever was sent. */
function isSame(given: string, kept: string): boolean {
  return timingSafeEqual(digest(given), digest(kept));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
