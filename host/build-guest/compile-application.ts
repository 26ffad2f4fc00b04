import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { boardSources } from './board-files.js';
import { BuildError } from './build-error.js';
import { compileFlags, languageOf } from './compile-flags.js';
import type { GuestProject } from './guest-project.js';
import { linkFlags } from './link-flags.js';
import { readMissingNames, whereExpected } from './missing-names.js';
import { offeredNames } from './offered-names.js';
import { runTool } from './run-tool.js';
import { findToolchain, type Toolchain } from './toolchain.js';

export interface BuildResult {
  /** What the compiler warned of, as it said it. */
  warnings: string;
}

interface Unit {
  source: string;
  object: string;
  /** One of the application's own: its definitions and folders are for it alone. */
  isOwn: boolean;
}

/**
 * Compiles and links an application.
 *
 * @param output the file to write; it is written whole or not at all
 * @throws BuildError when the compiler is missing, a source cannot be compiled, or names are missing
 */
export async function compileApplication(project: GuestProject, output: string): Promise<BuildResult> {
  const isCxx = project.sources.some((source) => languageOf(source) === 'C++');
  const toolchain = findToolchain(isCxx);
  const folder = mkdtempSync(join(tmpdir(), 'wasmqtt-build-'));
  try {
    const made = join(folder, 'generated');
    mkdirSync(made);
    for (const { name, text } of project.generated) writeFileSync(join(made, basename(name)), text);
    const units = unitsOf(project, folder);
    const warnings = await compileAll(toolchain, project, units, made);
    await link(toolchain, units, isCxx, folder, output);
    return { warnings };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function unitsOf(project: GuestProject, folder: string): Unit[] {
  // The sources of the board are one unit: they are small, and starting the compiler takes longer than compiling them.
  const board = join(folder, 'board.c');
  writeFileSync(
    board,
    boardSources()
      .map((source) => `#include ${JSON.stringify(source)}\n`)
      .join(''),
  );
  const sources = [...project.sources.map((source) => ({ source, isOwn: true })), { source: board, isOwn: false }];
  return sources.map((one, index) => ({ ...one, object: join(folder, `${index}-${basename(one.source)}.o`) }));
}

async function compileAll(toolchain: Toolchain, project: GuestProject, units: Unit[], made: string): Promise<string> {
  const own = [
    ...project.definitions.map((definition) => `-D${definition}`),
    ...[made, ...project.includes].flatMap((include) => ['-I', include]),
    ...project.otherIncludes.flatMap((include) => ['-idirafter', include]),
  ];
  const said: string[] = [];
  const failed: string[] = [];
  const waiting = [...units];
  const work = async () => {
    for (let unit = waiting.shift(); unit !== undefined; unit = waiting.shift()) {
      const language = languageOf(unit.source) ?? 'C';
      const compiler = language === 'C' ? toolchain.clang : toolchain.clangxx;
      const options = unit.isOwn ? own : [];
      const result = await runTool(compiler, [
        ...compileFlags(language),
        ...options,
        '-c',
        unit.source,
        '-o',
        unit.object,
      ]);
      if (!result.ok) failed.push(unit.source);
      if (result.said) said.push(result.said);
    }
  };
  await Promise.all(cpus().map(work));
  if (failed.length > 0) {
    const names = failed.map((source) => relative('.', source)).join(', ');
    throw new BuildError('compile-failed', `${names} cannot be compiled:\n${said.join('\n').trimEnd()}`);
  }
  return said.join('\n').trimEnd();
}

async function link(
  toolchain: Toolchain,
  units: Unit[],
  isCxx: boolean,
  folder: string,
  output: string,
): Promise<void> {
  const allowed = join(folder, 'offered.txt');
  writeFileSync(allowed, `${offeredNames().join('\n')}\n`);
  mkdirSync(dirname(output), { recursive: true });
  const linker = isCxx ? toolchain.clangxx : toolchain.clang;
  const libraries = isCxx ? ['-fno-exceptions', '-lc++', '-lc++abi'] : [];
  const objects = units.map(({ object }) => object);
  const { ok, said } = await runTool(linker, [...linkFlags(allowed), ...objects, ...libraries, '-lm', '-o', output]);
  if (ok) return;
  const missing = readMissingNames(said);
  if (missing.length === 0)
    throw new BuildError('compile-failed', `the application cannot be linked:\n${said.trimEnd()}`);
  const sourceOf = new Map(units.map(({ object, source }) => [object, relative('.', source)]));
  const lines = missing.map(
    ({ name, wantedBy }) =>
      `- ${name}, which ${wantedBy.map((object) => sourceOf.get(object) ?? object).join(', ')} uses; ` +
      `one would expect it in ${whereExpected(name)}`,
  );
  throw new BuildError('missing-names', `names are missing:\n${lines.join('\n')}`);
}
