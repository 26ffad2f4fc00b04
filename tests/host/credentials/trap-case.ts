import type { Material } from './material.js';

/** Values by store and name, as `config root-CA`; undefined takes one away. */
export type Changes = Record<string, string | undefined>;

/** One way into a trap: what differs from values that are well. */
export interface Trap {
  /** What somebody did, in the words of docs/doctor.md. */
  case: string;
  trap: string;
  severity: 'error' | 'warning';
  /** The place that is named; default the first key that is changed. */
  where?: string;
  changes: (material: Material) => Changes;
  warnDays?: number;
  authentication?: 'certificate' | 'password';
  /** Other traps that cannot but come with it. */
  besides?: string[];
  /** The stores here do not take such values. */
  foreignStore?: true;
}

export function goodValues({ pki }: Material): Changes {
  return {
    'config broker-host': 'broker.example.com',
    'config broker-port': '8883',
    'config root-CA': pki.hex('ca.der'),
    'config cert': pki.hex('device.der'),
    'secret private_key': pki.hex('device.key.der'),
  };
}

export function withChanges(values: Changes, changes: Changes): Record<string, string> {
  const entries = Object.entries({ ...values, ...changes });
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** The place that a finding must name. */
export function placeOf({ where, changes }: Trap, material: Material): string {
  return where ?? Object.keys(changes(material))[0];
}

/** `config root-CA` in its parts. */
export function splitPlace(place: string): { store: 'config' | 'secret'; name: string } {
  const at = place.indexOf(' ');
  return { store: place.slice(0, at) as 'config' | 'secret', name: place.slice(at + 1) };
}
