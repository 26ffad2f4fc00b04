/** The voltage at an input when it is asked for, 0 to 3.3 V. */
export type AnalogInput = () => number;

/** Volts that the largest number of a conversion stands for: VDDA of the boards. */
const REFERENCE = 3.3;

/** What is at the channels of the converters by their names (`ADC1`); an open channel reads 0. */
export class AnalogInputs {
  readonly #inputs = new Map<string, AnalogInput>();

  /** @param channel 0 to 19, as in ADC_CHANNEL_0 to ADC_CHANNEL_19 */
  connect(adc: string, channel: number, input: AnalogInput): void {
    this.#inputs.set(`${adc} ${channel}`, input);
  }

  /** One conversion. @param bits of the result, 6 to 14 */
  convert(adc: string, channel: number, bits: number): number {
    const most = 2 ** bits - 1;
    const volts = this.#inputs.get(`${adc} ${channel}`)?.() ?? 0;
    return Math.max(0, Math.min(most, Math.round((volts / REFERENCE) * most)));
  }
}
