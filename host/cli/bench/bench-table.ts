import type { Comparison, Result } from '../../bench/index.js';
import type { Colours } from '../output/colours.js';

function line(bench: string, peer: string, numbers: string[], note: string): string {
  const widths = [9, 9, 7, 5, 7];
  const columns = numbers.map((text, index) => text.padStart(widths[index])).join(' ');
  return `${bench.padEnd(30)} ${peer.padEnd(21)} ${columns}  ${note}`.trimEnd();
}

/** The heads of the columns of {@link benchText}. */
export const benchHeads = line('bench', 'peer', ['ours ns', 'peer ns', 'ratio', '+/-', 'target'], '');

/** A result of which more is better, as a line. */
export function benchText(result: Result, comparison: Comparison | undefined, colours: Colours): string {
  const { bench, peer, ours_ns, peer_ns, ratio, spread, halves, agree, target } = result;
  const notes = [
    ...(agree ? [] : [`the halves disagree: ${halves.join(', ')}`]),
    ...(comparison ? [`${comparison.verdict}, was ${comparison.before}`] : []),
  ];
  const numbers = [ours_ns, peer_ns, ratio, `${Math.ceil(spread * 100)} %`, target ?? ''].map(String);
  const text = line(bench, peer, numbers, notes.join('; '));
  if (target === null) return text;
  return ratio >= target ? colours.green(text) : colours.yellow(text);
}
