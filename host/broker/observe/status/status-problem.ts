/** Why a request to the status server is refused. */
export class StatusProblem extends Error {
  readonly statusCode: number;

  /** @param statusCode of HTTP, 400 to 499 */
  constructor(statusCode: number, message: string) {
    super(message);
    this.statusCode = statusCode;
  }
}
