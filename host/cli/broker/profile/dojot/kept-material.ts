import type { TlsMaterial } from '../../../../broker/index.js';
import { type BrokerSettings, type CertificateKeeper, pemsOf } from '../../../../dojot/broker/index.js';
import { UserError } from '../../../process/user-error.js';

/** What a keeper of certificates has, as listeners take it. */
export class KeptMaterial {
  readonly #keeper: CertificateKeeper;
  #latest: TlsMaterial | undefined;
  #handed: TlsMaterial | undefined;
  #apply: ((material: TlsMaterial) => void) | undefined;

  constructor(keeper: CertificateKeeper) {
    this.#keeper = keeper;
  }

  /** Starts the keeper. Resolves when there is something to listen with. @throws UserError when the broker is stopped before */
  first(stop: AbortSignal, { certificate }: BrokerSettings): Promise<TlsMaterial> {
    return new Promise((resolve, reject) => {
      const stopped = () => reject(new UserError(`stopped before the PKI at ${certificate.pki} issued a certificate`));
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
  follow(apply: (material: TlsMaterial) => void): void {
    this.#apply = apply;
    if (this.#latest !== this.#handed) apply(this.#latest!);
  }
}
