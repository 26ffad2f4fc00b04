/** Writes one JSON object a line, and nothing else: what `--json` promises for standard output. */
export function jsonLines<Event>(out: { write(text: string): unknown }): (event: Event) => void {
  return (event) => void out.write(`${JSON.stringify(event)}\n`);
}
