/** Writes one JSON object a line, and nothing else: what `--json` promises for standard output. */
export function jsonLines<Event>(out: NodeJS.WritableStream): (event: Event) => void {
  return (event) => void out.write(`${JSON.stringify(event)}\n`);
}
