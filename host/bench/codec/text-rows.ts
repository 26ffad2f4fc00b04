import { isUtf8 } from 'node:buffer';
import { core } from '../../core/engine/core.js';
import { scratch } from '../../core/engine/scratch.js';
import { topicMatches } from '../../core/index.js';
import { keep, type Row } from '../measure.js';

/** Texts by their bytes; the mixed one has characters of one to four bytes and 256 in all. */
const TEXTS = {
  '24': 'sensor/device/UV00000001',
  '256': 'sensor/+/x'.repeat(26).slice(0, 256),
  mixed: 'aé€😀 zß'.repeat(18).concat('stop'),
};

export function textRows(): Row[] {
  return [...Object.entries(TEXTS).map(([name, text]) => utf8Row(name, Buffer.from(text))), matchRow()];
}

/** The core checks bytes in linear memory; the peer checks them in a Buffer, and accepts U+0000. */
function utf8Row(name: string, bytes: Buffer): Row {
  return {
    bench: `utf8.check.${name}`,
    peer: 'buffer.isUtf8',
    make: () => {
      const at = scratch.reserve(bytes.length);
      scratch.u8.set(bytes, at);
      return {
        units: 1,
        ours: () => keep(core.utf8_check(at, bytes.length, 0) + 1),
        theirs: () => keep(isUtf8(bytes) ? 1 : 0),
      };
    },
  };
}

/** Matches one topic against 10,000 filters, one by one; the peer splits both into levels in JavaScript. */
function matchRow(): Row {
  return {
    bench: 'topic.match.10k',
    peer: 'control',
    make: () => {
      const filters = Array.from({ length: 10_000 }, (_, n) =>
        n % 3 === 0 ? `sensor/+/${n}` : n % 3 === 1 ? `sensor/device/${n}/#` : `command/${n}/+/state`,
      );
      const topic = 'sensor/device/4711/temperature';
      const count = (matches: (filter: string, topic: string) => boolean) => () => {
        let sum = 0;
        for (const filter of filters) if (matches(filter, topic)) sum++;
        keep(sum);
      };
      return { units: filters.length, ours: count(topicMatches), theirs: count(matchControl) };
    },
  };
}

function matchControl(filter: string, topic: string): boolean {
  const wanted = filter.split('/');
  const levels = topic.split('/');
  for (let n = 0; n < wanted.length; n++) {
    if (wanted[n] === '#') return true;
    if (n >= levels.length || (wanted[n] !== '+' && wanted[n] !== levels[n])) return false;
  }
  return wanted.length === levels.length;
}
