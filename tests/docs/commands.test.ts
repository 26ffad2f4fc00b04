// needs: openssl, curl, bash, hexdump
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documents, type Fence } from './documents.js';
import { Workshop } from './workshop.js';

const RUN = ['sh', 'js'];

/** Other names of these languages. */
const SYNONYMS = ['bash', 'shell', 'console', 'javascript', 'ts', 'typescript', 'mjs'];
const COMMAND = /^\s*(npm|npx|node|wasmqtt|curl|openssl) /m;

const title = ({ line, language, text }: Fence) => `line ${line} (${language}): ${text.trim().split('\n')[0]}`;

describe('blocks of documents', () => {
  it('with commands are fenced as such, so that they are seen', () => {
    const isHidden = ({ language, text, notRun }: Fence) =>
      !notRun && (SYNONYMS.includes(language) || (language === '' && COMMAND.test(text)));
    // The blocks of the API reference are signatures, and examples that another test runs.
    const written = documents.filter(({ path }) => !path.startsWith('docs/api/'));
    const hidden = written.flatMap(({ path, fences }) =>
      fences.filter(isHidden).map((fence) => `${path}, ${title(fence)}`),
    );
    expect(hidden).toEqual([]);
  });

  it('that are not run say why', () => {
    const reasons = documents.flatMap(({ fences }) => fences.flatMap(({ notRun }) => notRun ?? []));
    for (const reason of reasons) expect(reason.length, reason).toBeGreaterThan(20);
  });
});

const runnable = documents
  .map(({ path, fences }) => ({
    path,
    fences: fences.filter(({ language, notRun }) => RUN.includes(language) && !notRun),
  }))
  .filter(({ fences }) => fences.length > 0);

describe.each(runnable)('commands of $path', ({ fences }) => {
  let workshop: Workshop;
  beforeAll(async () => {
    workshop = await Workshop.open();
  });
  afterAll(() => workshop[Symbol.asyncDispose]());

  it.each(fences.map((fence) => [title(fence), fence] as const))('%s', async (_title, { language, text }) => {
    const { code, output } = await (language === 'js' ? workshop.script(text) : workshop.shell(text));
    expect(code, output).toBe(0);
  });
});
