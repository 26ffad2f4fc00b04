import type { Row } from '../measure.js';
import { mqttPacket } from './codec-peers.js';
import { objectRow } from './decode-rows.js';
import { bufferRow, dropInRow } from './encode-rows.js';
import { polluteWith } from './odd-packets.js';

/** Rows in a process in which both sides have had many other packets before, as in a broker that has run for a while. */
export function pollutedRows(): Row[] {
  const rows = [objectRow('A'), objectRow('B'), objectRow('mix'), bufferRow('A'), bufferRow('B'), dropInRow('A')];
  return rows.map(({ bench, peer, make }) => ({
    bench: `${bench}.polluted`,
    peer,
    make: async () => {
      polluteWith(await mqttPacket());
      return make();
    },
  }));
}
