import type { CMakeScope } from './cmake-scope.js';

/** What a `foreach` goes through; undefined for a form that is not known here (`ZIP_LISTS`). @param words behind its variable */
export function loopValues(scope: CMakeScope, words: readonly string[]): string[] | undefined {
  if (words.includes('ZIP_LISTS')) return undefined;
  const [first, ...rest] = words;
  if (first === 'RANGE') return range(rest.map(Number));
  if (first !== 'IN') return [...words];
  const found: string[] = [];
  let kind = '';
  for (const word of rest) {
    if (word === 'LISTS' || word === 'ITEMS') kind = word;
    else if (kind === 'ITEMS') found.push(word);
    else found.push(...(scope.get(word) ?? '').split(';').filter((item) => item !== ''));
  }
  return found;
}

/** `RANGE STOP`, or `RANGE START STOP [STEP]`; the last one is among them. */
function range(numbers: readonly number[]): string[] {
  const [start, stop, step] = numbers.length === 1 ? [0, numbers[0], 1] : [numbers[0], numbers[1], numbers[2] ?? 1];
  const count = Math.floor((stop - start) / step) + 1;
  return count > 0 ? Array.from({ length: count }, (_, index) => String(start + index * step)) : [];
}
