/** Text from elsewhere, safe for a terminal: control characters become escapes. */
export function printable(text: string): string {
  return text.replace(/[^\P{C}\t]/gu, (character) => JSON.stringify(character).slice(1, -1));
}
