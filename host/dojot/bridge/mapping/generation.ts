/** Of dojot: 1 is v0.4 and its documents of early 2020, 2 is v0.5, 3 is v0.6 to v0.8. */
export type Generation = 1 | 2 | 3;

export const GENERATIONS: readonly Generation[] = [1, 2, 3];
