import { type CertificateKeeper, pemsOf } from '../../dojot/broker/index.js';
import { UserError } from '../process/user-error.js';

/** Key, certificate, CA and CRL, PEM. */
export type KeptPems = ReturnType<typeof pemsOf>;

/** What a keeper of certificates has, for TLS. */
export class KeptMaterial {
  readonly #keeper: CertificateKeeper;
  #latest: KeptPems | undefined;
  #handed: KeptPems | undefined;
  #apply: ((material: KeptPems) => void) | undefined;

  constructor(keeper: CertificateKeeper) {
    this.#keeper = keeper;
  }

  /** Starts the keeper. Resolves when there is a certificate. @param pki its address, for people. @throws UserError when it is stopped before */
  first(stop: AbortSignal, pki: string): Promise<KeptPems> {
    return new Promise((resolve, reject) => {
      const stopped = () => reject(new UserError(`stopped before the PKI at ${pki} issued a certificate`));
      if (stop.aborted) return stopped();
      stop.addEventListener('abort', stopped, { once: true });
      this.#keeper.start((set) => {
        const material = pemsOf(set);
        this.#apply?.(material);
        this.#latest = material;
        this.#handed ??= material;
        resolve(material);
      });
    });
  }

  /** Hands on what comes later, and what has come since the first. */
  follow(apply: (material: KeptPems) => void): void {
    this.#apply = apply;
    if (this.#latest !== this.#handed) apply(this.#latest!);
  }
}
