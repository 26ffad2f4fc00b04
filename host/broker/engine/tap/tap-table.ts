import type { PacketTap } from './packet-tap.js';

/** A tap that has this method. */
type With<Name extends keyof PacketTap> = PacketTap & Required<Pick<PacketTap, Name>>;

/** The taps of an engine, by what each message has to ask: nothing is made that none of them wants to see. */
export class TapTable {
  readonly all: readonly PacketTap[];
  readonly bytes: readonly With<'bytes'>[];
  readonly counted: readonly With<'counted'>[];
  readonly packet: readonly With<'packet'>[];

  constructor(taps: readonly PacketTap[]) {
    this.all = taps;
    this.bytes = taps.filter((tap): tap is With<'bytes'> => tap.bytes !== undefined);
    this.counted = taps.filter((tap): tap is With<'counted'> => tap.counted !== undefined);
    this.packet = taps.filter((tap): tap is With<'packet'> => tap.packet !== undefined);
  }
}
