/** A name that a module exports, as its page has it. */
export interface DocumentedName {
  name: string;
  /** Of its heading, on GitHub. */
  anchor: string;
  /** The examples of its own. */
  examples: string[];
}

const HEADING = /^### (.+)$/gm;
const EXAMPLES = /^#{4,6} Examples?\n([\s\S]*?)(?=^#{1,6} |^\*\*\*$|(?![\s\S]))/gm;
const CODE = /^```ts\n([\s\S]*?)^```/gm;

/** The names on a page of the reference, in its order. */
export function namesOf(page: string): DocumentedName[] {
  const headings = [...page.matchAll(HEADING)];
  const seen = new Map<string, number>();
  return headings.map(({ index, 1: title }, n) => {
    const name = title.replace(/\(\)$|\\/g, '');
    const slug = name.toLowerCase();
    const count = seen.get(slug) ?? 0;
    seen.set(slug, count + 1);
    const section = page.slice(index, headings[n + 1]?.index);
    const examples = [...section.matchAll(EXAMPLES)].flatMap(([, text]) =>
      [...text.matchAll(CODE)].map(([, code]) => code),
    );
    return { name, anchor: count === 0 ? slug : `${slug}-${count}`, examples };
  });
}

/** The first name whose example uses this one, which may be itself; undefined when there is none. */
export function shownBy({ name, examples }: DocumentedName, names: DocumentedName[]): DocumentedName | undefined {
  const word = new RegExp(`\\b${name}\\b`);
  const other = names.find(({ examples: found }) => found.some((code) => word.test(code)));
  return examples.length > 0 ? names.find((candidate) => candidate.examples === examples) : other;
}

/** The names that no example on the page shows. The default export has the others as its members. */
export function withoutExample(page: string): string[] {
  const names = namesOf(page);
  return names.filter((name) => name.name !== 'default' && !shownBy(name, names)).map(({ name }) => name);
}
