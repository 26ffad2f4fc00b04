import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Document, documents, ROOT } from './documents.js';

const anchorsOf = new Map(documents.map((document) => [document.path, document.anchors()]));

/** What is wrong with a link, or undefined. Addresses of other sites are not followed. */
function problemOf(document: Document, target: string): string | undefined {
  if (/^[a-z]+:/.test(target)) return undefined;
  const [path, anchor] = target.split('#');
  const file = path === '' ? document.path : join(document.folder, path);
  if (!existsSync(join(ROOT, file))) return `there is no ${file}`;
  if (anchor === undefined) return undefined;
  return anchorsOf.get(file)?.has(anchor) ? undefined : `${file} has no heading #${anchor}`;
}

describe('links in documents', () => {
  it('that are relative lead to files and headings that exist', () => {
    const problems = documents.flatMap((document) =>
      document.links().flatMap(({ line, target }) => {
        const problem = problemOf(document, target);
        return problem ? [`${document.path}:${line}: ${target}: ${problem}`] : [];
      }),
    );
    expect(problems).toEqual([]);
  });

  it('are followed: a file or a heading that does not exist is found', () => {
    const readme = new Document('README.md');
    expect(problemOf(readme, 'docs/none.md')).toBe('there is no docs/none.md');
    expect(problemOf(readme, 'docs/run.md#none')).toBe('docs/run.md has no heading #none');
    expect(problemOf(readme, '#none')).toBe('README.md has no heading #none');
    expect(problemOf(readme, 'docs/run.md#send-it-a-command')).toBeUndefined();
    expect(readme.links().length).toBeGreaterThan(10);
  });

  it('from README lead to every document of docs, directly or through the index', () => {
    const index = documents.filter(({ path }) =>
      ['README.md', 'docs/README.md', 'docs/decisions/README.md'].includes(path),
    );
    const linked = new Set(
      index.flatMap((document) => document.links().map(({ target }) => join(document.folder, target.split('#')[0]))),
    );
    const lost = documents.map(({ path }) => path).filter((path) => path.startsWith('docs/') && !linked.has(path));
    expect(lost).toEqual([]);
  });

  it('that are paths in code exist too, from the root or beside the document', () => {
    const wrong = documents.filter(({ path }) => path !== 'CHANGELOG.md').flatMap(lostPaths);
    expect(wrong).toEqual([]);
  });
});

/** Paths to folders of the project in backticks, but for what is built and for patterns. */
const PATH = /^(?:assembly|host|tests|tools|docs)\/[\w./-]+$/;

function lostPaths(document: Document): string[] {
  return document.prose.flatMap(({ line, text }) =>
    [...text.matchAll(/`([^`]+)`/g)]
      .map(([, path]) => path)
      .filter((path) => PATH.test(path))
      .filter((path) => !existsSync(join(ROOT, path)) && !existsSync(join(ROOT, document.folder, path)))
      .map((path) => `${document.path}:${line}: ${path}`),
  );
}
