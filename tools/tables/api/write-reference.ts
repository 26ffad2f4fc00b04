import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { register } from 'node:module';
import { join } from 'node:path';
import { root } from '../../root.js';
import { markLine, markOf } from './declarations.js';
import { type EntryPoint, entryPoints } from './entry-points.js';
import { namesOf, shownBy, withoutExample } from './examples.js';

const PAGES = join(root, 'docs/api');
const OUTPUT = join(root, 'build/docs/api');

/** How the pages look; see the options of typedoc and of typedoc-plugin-markdown. */
const OPTIONS = {
  tsconfig: join(root, 'tsconfig.types.json'),
  plugin: ['typedoc-plugin-markdown'],
  out: OUTPUT,
  cleanOutputDir: false,
  readme: 'none',
  logLevel: 'Error',
  // tsc has checked them.
  skipErrorChecking: true,
  disableSources: true,
  excludeExternals: true,
  excludePrivate: true,
  excludeProtected: true,
  excludeInternal: true,
  outputFileStrategy: 'modules',
  hidePageHeader: true,
  hideBreadcrumbs: true,
  useCodeBlocks: true,
  sanitizeComments: true,
  parametersFormat: 'table',
  interfacePropertiesFormat: 'table',
  classPropertiesFormat: 'table',
  enumMembersFormat: 'table',
  typeDeclarationFormat: 'table',
} as const;

/** Writes the pages of docs/api. */
export async function writeReference(): Promise<void> {
  const entries = entryPoints();
  await runTypedoc(entries);
  mkdirSync(PAGES, { recursive: true });
  for (const entry of entries) writeFileSync(join(PAGES, `${entry.page}.md`), pageOf(entry, entries));
  writeFileSync(join(PAGES, 'README.md'), indexOf(entries));
}

async function runTypedoc(entries: EntryPoint[]): Promise<void> {
  register('./resolve-typescript.ts', import.meta.url);
  const { Application } = await import('typedoc');
  const app = await Application.bootstrapWithPlugins({
    ...OPTIONS,
    entryPoints: entries.map(({ folder }) => join(root, 'host', folder, 'index.ts')),
  } as object);
  const project = await app.convert();
  if (!project) throw new Error('typedoc has not understood the declarations: run npm run build');
  rmSync(OUTPUT, { recursive: true, force: true });
  await app.generateOutputs(project);
}

/** The page that typedoc wrote, with the names of modules as they are imported. */
function pageOf(entry: EntryPoint, entries: EntryPoint[]): string {
  let page = readFileSync(join(OUTPUT, `${entry.folder}.md`), 'utf8');
  for (const { folder, page: name } of entries) page = page.replaceAll(`](${folder}.md`, `](${name}.md`);
  const names = namesOf(page);
  let next = 0;
  page = page.replace(/^### .+$/gm, (heading) => {
    const name = names[next++];
    const other = shownBy(name, names);
    return other === undefined || other === name
      ? heading
      : `${heading}\n\nAn example: [${other.name}](#${other.anchor}).`;
  });
  return page.replace(/^# .*\n/, `# ${entry.specifier}\n\n${markLine(markOf(entry))}\n`);
}

function indexOf(entries: EntryPoint[]): string {
  const rows = entries.map((entry) => {
    const page = readFileSync(join(PAGES, `${entry.page}.md`), 'utf8');
    return `| [${entry.specifier}](${entry.page}.md) | ${namesOf(page).length} | ${withoutExample(page).length} |`;
  });
  return `# API reference

Written by \`npm run docs\` of the doc comments, by typedoc with TypeScript 6: TypeScript 7 has no compiler API that typedoc could use.
Examples are run by the tests, in a folder with \`ca.pem\`, \`device.pem\`, \`device.key\`, \`request.der\` and \`crl.der\`; what stands behind
\`// =>\` is the value of the expression before it. Each name is shown by an example; a type has its example where it is used.

| import | names | of them without an example |
| --- | ---: | ---: |
${rows.join('\n')}
`;
}
