import { globMatches, isKey, ONE, RUN, shown, type Template } from './template.js';

type Token = string | typeof RUN | typeof ONE;

/** Whether some text matches both. A variable may be any text, so that nothing is reported that may be right. */
export function overlap(one: Template, other: Template): boolean {
  const [a, b] = [tokens(one), tokens(other)];
  // row[j]: whether the rest of a from i on and the rest of b from j on have a text in common.
  let row: boolean[] = [];
  for (let i = a.length; i >= 0; i--) {
    const next = row;
    row = Array<boolean>(b.length + 1);
    for (let j = b.length; j >= 0; j--) row[j] = common(a, b, i, j, row, next);
  }
  return row[0];
}

function common(
  a: readonly Token[],
  b: readonly Token[],
  i: number,
  j: number,
  row: boolean[],
  next: boolean[],
): boolean {
  const [left, right] = [a[i], b[j]];
  if (left === undefined && right === undefined) return true;
  if (left === RUN) return next[j] || (right !== undefined && row[j + 1]);
  if (right === RUN) return row[j + 1] || (left !== undefined && next[j]);
  if (left === undefined || right === undefined) return false;
  return (left === ONE || right === ONE || left === right) && next[j + 1];
}

function tokens(template: Template): Token[] {
  return template.flatMap((part): Token[] => (isKey(part) ? [RUN] : typeof part === 'string' ? [...part] : [part]));
}

/** Whether the wider one matches whatever the narrower one does; false when in doubt. */
export function covers(wider: Template, narrower: Template): boolean {
  if (wider.some((part) => isKey(part) || part === ONE)) return shown(wider) === shown(narrower);
  // Wildcards and variables are characters that no text has: a run alone covers them.
  const text = narrower.map((part) => (typeof part === 'string' ? part : '\uffff')).join('');
  return globMatches(wider as readonly (string | typeof RUN)[], text);
}

/** The topics that a filter of MQTT lets through, as a pattern. */
export function topicsOf(filter: Template): Template {
  return filter.flatMap((part) =>
    typeof part === 'string'
      ? part.split(/[+#]/).flatMap((piece, at): Template => (at === 0 ? [piece] : [RUN, piece]))
      : [part],
  );
}
