/** What Buffer.toString calls; Node has them on every Buffer, its types do not. */
interface Slices {
  latin1Slice(start: number, end: number): string;
  utf8Slice(start: number, end: number): string;
}

/** The text of bytes that are ASCII. */
export function asciiText(source: Buffer, start: number, end: number): string {
  return (source as unknown as Slices).latin1Slice(start, end);
}

/** The text of bytes that are valid UTF-8. */
export function utf8Text(source: Buffer, start: number, end: number): string {
  return (source as unknown as Slices).utf8Slice(start, end);
}
