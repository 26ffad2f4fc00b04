import type { Refusal } from './rules.js';

/** A client broke a rule: its connection is closed with this reason. Has what its last packet may say (`wire/farewell.ts`). */
export class Violation extends Error {
  readonly reasonCode: number;
  /** Where the client should go instead (4.11). */
  readonly serverReference: string | undefined;
  /** The packet that broke it, where one did. */
  packetType: string | undefined;

  /** @param reasonCode MQTT 5 reason code of the DISCONNECT packet (3.14.2.1) */
  constructor(reasonCode: number, message: string, serverReference?: string, packetType?: string) {
    super(message);
    this.name = 'Violation';
    this.reasonCode = reasonCode;
    this.serverReference = serverReference;
    this.packetType = packetType;
  }

  get reason(): string {
    return this.message;
  }

  static of({ reasonCode, reason, serverReference }: Refusal): Violation {
    return new Violation(reasonCode, reason, serverReference);
  }
}
