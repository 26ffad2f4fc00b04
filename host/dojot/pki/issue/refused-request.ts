/** A certification request that no certificate is issued for. The message says what is wrong with it and what to do. */
export class RefusedRequest extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RefusedRequest';
  }
}
