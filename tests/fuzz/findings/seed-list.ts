// The list of seeds in corpus/README.md: "- `name` meaning" below the heading of each target.

/** Seeds and meanings of each target, as the list has them. */
export function describedSeeds(text) {
  const described = {};
  let target;
  for (const line of text.split('\n')) {
    const heading = /^## (\w+)$/.exec(line);
    if (heading) {
      target = heading[1];
      described[target] = new Map();
    }
    const entry = /^- `([a-z0-9-]+)` (.+)$/.exec(line);
    if (entry) described[target].set(entry[1], entry[2]);
  }
  return described;
}

/** The file name for a meaning: up to eight words of it. */
export function seedName(meaning) {
  const words = meaning.toLowerCase().match(/[a-z0-9]+/g);
  if (!words) throw new Error('the name has no letter or digit');
  return words.slice(0, 8).join('-');
}

/** The list with one more seed, in the order of names. */
export function withSeed(text, target, name, meaning) {
  const lines = text.split('\n');
  const heading = lines.indexOf(`## ${target}`);
  if (heading < 0) throw new Error(`the list of seeds has no heading for ${target}`);
  let at = heading + 2;
  while (lines[at]?.startsWith('- `') && lines[at] < `- \`${name}\``) at++;
  lines.splice(at, 0, `- \`${name}\` ${meaning}`);
  return lines.join('\n');
}
