import type { Refusal } from './rules.js';

/** A client broke a rule: its connection is closed with this reason. */
export class Violation extends Error {
  readonly reasonCode: number;
  /** Where the client should go instead (4.11). */
  readonly serverReference: string | undefined;

  /** @param reasonCode MQTT 5 reason code of the DISCONNECT packet (3.14.2.1) */
  constructor(reasonCode: number, message: string, serverReference?: string) {
    super(message);
    this.name = 'Violation';
    this.reasonCode = reasonCode;
    this.serverReference = serverReference;
  }

  static of({ reasonCode, reason, serverReference }: Refusal): Violation {
    return new Violation(reasonCode, reason, serverReference);
  }
}
