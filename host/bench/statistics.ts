/** Sorts the values. */
export function median(values: number[]): number {
  return quantile(values, 0.5);
}

/** Sorts the values. @param part 0 for the least, 0.5 for the median */
export function quantile(values: number[], part: number): number {
  return values.sort((a, b) => a - b)[Math.floor(values.length * part)];
}

/** The middle of a few values: of an even number the mean of both in the middle. */
export function middle(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** To three digits. */
export function round(value: number): number {
  return Number(value.toPrecision(3));
}
