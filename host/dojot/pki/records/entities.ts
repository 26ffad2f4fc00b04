import type { Engine, RecordChange } from '../../../cloud/store/engine/engine.js';
import { readRecord, writeRecord } from '../../../cloud/store/record-json.js';
import type { EntityName } from './entity-name.js';

/** States of an entity, with EJBCA's codes. */
export const NEW = 10;
export const GENERATED = 40;

/** Whom certificates may be issued for, as it is kept. */
export interface Entity {
  caName: string;
  /** what whoever sends a CSR has to know */
  password: string;
  status: typeof NEW | typeof GENERATED;
}

/** The entities of a store. Methods reject with StoreError as an `Engine` does. */
export class Entities {
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Makes an entity, or makes one new again. */
  async put({ name }: EntityName, caName: string, password: string): Promise<void> {
    await this.#engine.commit([this.#writing(name, { caName, password, status: NEW })]);
  }

  /**
   * An entity, and the step of a commit by which it has a certificate unless it was changed meanwhile. That is only looked at where it has
   * one already: certificates that are issued for it at once do not hinder each other.
   */
  async find({ name }: EntityName): Promise<{ entity: Entity; generated: RecordChange } | undefined> {
    const found = await this.#engine.get('pki_entity', [name]);
    if (found === undefined) return undefined;
    const entity = readRecord<Entity>(found);
    const unchanged = { if: found.revision };
    if (entity.status === GENERATED)
      return { entity, generated: { op: 'check', table: 'pki_entity', key: [name], ...unchanged } };
    return { entity, generated: { ...this.#writing(name, { ...entity, status: GENERATED }), ...unchanged } };
  }

  async remove({ name }: EntityName): Promise<void> {
    await this.#engine.commit([{ op: 'remove', table: 'pki_entity', key: [name] }]);
  }

  #writing(name: string, entity: Entity) {
    return { op: 'put', table: 'pki_entity', key: [name], data: writeRecord(entity) } as const;
  }
}
