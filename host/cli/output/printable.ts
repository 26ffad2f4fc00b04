/** Text of others for a terminal: control characters come out as escapes. */
export function printable(text: string): string {
  return text.replace(/[^\P{C}\t]/gu, (character) => JSON.stringify(character).slice(1, -1));
}
