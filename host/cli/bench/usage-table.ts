import type { BrokerResult } from '../../bench/index.js';
import type { Colours } from '../output/colours.js';

function line(bench: string, peer: string, unit: string, ours: string, theirs: string, ratio: string, most: string) {
  const numbers = [ours, theirs, ratio, most].map((text) => text.padStart(8)).join(' ');
  return `${bench.padEnd(24)} ${peer.padEnd(13)} ${unit.padEnd(3)}${numbers}`;
}

/** The heads of the columns of {@link usageText}. */
export const usageHeads = line('bench', 'peer', 'unit', 'ours', 'peer', 'ratio', 'at most');

/** A result of which less is better, as a line. */
export function usageText({ bench, peer, unit, ours, theirs, ratio, target }: BrokerResult, colours: Colours): string {
  const most = target === null ? '' : String(target);
  const text = line(bench, peer, unit, String(ours), String(theirs), String(ratio), most);
  if (target === null) return text;
  return ratio <= target ? colours.green(text) : colours.yellow(text);
}
