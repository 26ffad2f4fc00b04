/** A client broke a rule: its connection is closed with this reason. */
export class Violation extends Error {
  readonly reasonCode: number;

  /** @param reasonCode MQTT 5 reason code of the DISCONNECT packet (3.14.2.1) */
  constructor(reasonCode: number, message: string) {
    super(message);
    this.name = 'Violation';
    this.reasonCode = reasonCode;
  }
}
