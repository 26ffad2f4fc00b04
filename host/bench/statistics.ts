/** Sorts the values. */
export function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1];
}

/** To three digits. */
export function round(value: number): number {
  return Number(value.toPrecision(3));
}
