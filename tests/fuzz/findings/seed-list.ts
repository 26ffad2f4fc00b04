// The list of seeds in corpus/README.md: "- `name` meaning" below the heading of each target.

/** Meanings by name. */
export type Seeds = Map<string, string>;

/** Seeds and meanings by target, as the list has them. */
export function describedSeeds(text: string): Record<string, Seeds> {
  const described: Record<string, Seeds> = {};
  let seeds: Seeds | undefined;
  for (const line of text.split('\n')) {
    const heading = /^## (\w+)$/.exec(line);
    if (heading) {
      seeds = new Map();
      described[heading[1]] = seeds;
    }
    const entry = /^- `([a-z0-9-]+)` (.+)$/.exec(line);
    if (entry) seeds?.set(entry[1], entry[2]);
  }
  return described;
}

/** The file name for a meaning: up to eight words of it. */
export function seedName(meaning: string): string {
  const words = meaning.toLowerCase().match(/[a-z0-9]+/g);
  if (!words) throw new Error('the name has neither a letter nor a digit');
  return words.slice(0, 8).join('-');
}

/** The list with one more seed, in the order of names. */
export function withSeed(text: string, target: string, name: string, meaning: string): string {
  const lines = text.split('\n');
  const heading = lines.indexOf(`## ${target}`);
  if (heading < 0) throw new Error(`the list of seeds has no heading for ${target}`);
  let at = heading + 2;
  while (lines[at]?.startsWith('- `') && lines[at] < `- \`${name}\``) at++;
  lines.splice(at, 0, `- \`${name}\` ${meaning}`);
  return lines.join('\n');
}
