/** What a service of dojot asks its PKI for. All calls reject with PkiCallError. */
export interface ServicePki {
  /** Resolves when it is up. */
  ready(): Promise<void>;
  /**
   * A certificate for a service.
   *
   * @param name its common name
   * @param request PKCS#10, DER
   * @returns DER
   */
  sign(name: string, request: Uint8Array): Promise<Buffer>;
  /** The certificate of the CA, DER. */
  authority(): Promise<Buffer>;
  /** The CRL of the CA as it is now, DER. */
  revocationList(): Promise<Buffer>;
  /** Ends the calls that are under way: they reject. */
  close(): void;
}

/** A PKI that cannot be reached, or that did not do what it was asked for. The message names the address and the call. */
export class PkiCallError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'PkiCallError';
  }
}

/** The application name of a broker at the PKI of generations 2 and 3. */
export type ServiceApplication = 'vernemq' | 'v2k-bridge' | 'k2v-bridge' | 'kafka-consumer';
