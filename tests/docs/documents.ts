import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The root of the project; vitest runs there. */
export const ROOT = join(import.meta.dirname, '../..');

/** Folders whose contents nobody wrote by hand. */
const MADE = new Set(['node_modules', 'build', '.git', '.wasmqtt', '.stryker-tmp']);

/** Every file of the project below a folder, as paths relative to the root with slashes. */
export function projectFiles(folder = ''): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return MADE.has(entry.name) ? [] : projectFiles(path);
    return [path];
  });
}

/** A fenced block of a document. */
export interface Fence {
  /** What follows the opening fence, such as `sh`. */
  language: string;
  text: string;
  /** Number of the line of the opening fence, from 1. */
  line: number;
  /** From a comment `<!-- not run: reason -->` on the line before. */
  notRun: string | undefined;
}

/** A document in Markdown. */
export class Document {
  readonly path: string;
  readonly text: string;
  readonly fences: Fence[] = [];
  /** The lines that are not in fenced blocks, with their numbers. */
  readonly prose: { line: number; text: string }[] = [];

  constructor(path: string) {
    this.path = path;
    this.text = readFileSync(join(ROOT, path), 'utf8');
    this.#split();
  }

  /** The folder of the document, relative to the root. */
  get folder(): string {
    return dirname(this.path);
  }

  /** The anchors that its headings have on GitHub, and those that it names. */
  anchors(): Set<string> {
    const seen = new Map<string, number>();
    const anchors = this.prose.flatMap(({ text }) => {
      const [, title] = /^#{1,6} +(.*?) *#*$/.exec(text) ?? [];
      if (title === undefined) return [];
      const slug = slugOf(title);
      const count = seen.get(slug) ?? 0;
      seen.set(slug, count + 1);
      return [count === 0 ? slug : `${slug}-${count}`];
    });
    const named = this.prose.flatMap(({ text }) => [...text.matchAll(/<a id="([^"]+)">/g)].map(([, id]) => id));
    return new Set([...anchors, ...named]);
  }

  /** The targets of its links, without those in code. */
  links(): { line: number; target: string }[] {
    return this.prose.flatMap(({ line, text }) => {
      const withoutCode = text.replace(/`[^`]*`/g, 'code');
      return [...withoutCode.matchAll(/\[[^\]]*\]\(([^)\s]+)\)/g)].map(([, target]) => ({ line, target }));
    });
  }

  #split(): void {
    let open: { fence: Fence; indent: string; lines: string[] } | undefined;
    let before = '';
    for (const [index, text] of this.text.split('\n').entries()) {
      const [, indent, language] = /^( *)```(.*)$/.exec(text) ?? [];
      if (open) {
        if (language === '') {
          this.fences.push({ ...open.fence, text: open.lines.join('\n') });
          open = undefined;
        } else open.lines.push(text.slice(open.indent.length));
      } else if (language !== undefined) {
        const [, notRun] = /^ *<!-- not run: (.+) -->$/.exec(before) ?? [];
        open = { fence: { language, text: '', line: index + 1, notRun }, indent, lines: [] };
      } else this.prose.push({ line: index + 1, text });
      before = text;
    }
    if (open) throw new Error(`${this.path}:${open.fence.line}: the block does not end`);
  }
}

/** GitHub's name for a heading: lower case, spaces as hyphens, punctuation left out. */
function slugOf(title: string): string {
  const words = title.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replaceAll('`', '');
  return words
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');
}

/** Every document of the project. */
export const documents: readonly Document[] = projectFiles()
  .filter((path) => path.endsWith('.md'))
  .map((path) => new Document(path));
