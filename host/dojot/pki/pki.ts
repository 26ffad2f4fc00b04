import type { Engine } from '../../cloud/store/engine/engine.js';
import { Enrollment, type EnrollmentOptions } from './enrollment.js';
import { Authorities } from './records/authorities.js';
import { Certificates } from './records/certificates.js';
import { Entities } from './records/entities.js';
import { PublishedCrls } from './records/published-crls.js';

/** The PKI over one store: what its calls have in common. */
export interface DojotPki {
  /** the CA that issues when none is named */
  caName: string;
  /** milliseconds since 1970 */
  now: () => number;
  authorities: Authorities;
  entities: Entities;
  certificates: Certificates;
  crls: PublishedCrls;
  enrollment: Enrollment;
}

/** Makes the CA of the generation if it is not there. Rejects with StoreError. */
export async function openDojotPki(engine: Engine, options: EnrollmentOptions): Promise<DojotPki> {
  const { generation, now } = options;
  const authorities = new Authorities(engine, now);
  const entities = new Entities(engine);
  const certificates = new Certificates(engine, now);
  return {
    caName: await authorities.ensure(generation),
    now,
    authorities,
    entities,
    certificates,
    crls: new PublishedCrls(engine, now),
    enrollment: new Enrollment(engine, { authorities, entities, certificates }, options),
  };
}
