/** The largest TCP port number. */
export const LARGEST_PORT = 65_535;

/** Whether a server can be connected to at this number: 1 to 65,535. */
export function isPort(value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= LARGEST_PORT;
}
