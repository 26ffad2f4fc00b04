// The score of the TypeScript face, by file, and the survivors, compared with the list of those that have a reason.
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { MutantResult } from '@stryker-mutator/api/core';
import { root } from '../../../tools/root.js';

const LIST = 'tests/mutation/survivors-host.json';
const TARGET = 80;
const LONGEST = 100;

/** A mutant of a run. Its key names it as long as the text of its line stays. */
interface Tried {
  key: string;
  file: string;
  line: number;
  change: string;
  status: MutantResult['status'];
  isKilled: boolean;
}

/** A group of the list. */
interface Survivors {
  kind: 'equivalent' | 'open';
  reason: string;
  keys: string[];
}

type Known = Map<string, Pick<Survivors, 'kind' | 'reason'>>;

const short = (text: string): string => text.replace(/\s+/g, ' ').trim().slice(0, LONGEST);

/** The text between two places, which may be on different lines. */
function textBetween(lines: readonly string[], { start, end }: MutantResult['location']): string {
  const [first, ...others] = lines.slice(start.line - 1, end.line);
  const last = others.pop();
  if (last === undefined) return first.slice(start.column - 1, end.column - 1);
  return [first.slice(start.column - 1), ...others, last.slice(0, end.column - 1)].join(' ');
}

function described(results: readonly MutantResult[]): Tried[] {
  const texts = new Map<string, string[]>();
  const seen = new Map<string, number>();
  const inOrder = results.toSorted((a, b) => Number(a.id) - Number(b.id));
  return inOrder.map(({ fileName, status, location, replacement }) => {
    const file = relative(root, fileName);
    const lines = texts.get(file) ?? readFileSync(join(root, file), 'utf8').split('\n');
    texts.set(file, lines);
    const change = `${short(textBetween(lines, location))} to ${short(replacement)}`;
    const key = `${file.slice('host/'.length)} | ${short(lines[location.start.line - 1])} | ${change}`;
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    return {
      key: count === 1 ? key : `${key} | ${count}`,
      file,
      line: location.start.line,
      change,
      status,
      isKilled: status === 'Killed' || status === 'Timeout',
    };
  });
}

const percent = (part: number, whole: number): number =>
  whole === 0 ? 100 : Math.round((part / whole) * 10_000) / 100;

function tally(list: readonly Tried[], known: Known) {
  const killed = list.filter(({ isKilled }) => isKilled).length;
  const equivalent = list.filter(({ key, isKilled }) => !isKilled && known.get(key)?.kind === 'equivalent').length;
  const survived = list.length - killed - equivalent;
  return { killed, equivalent, survived, score: percent(killed, killed + survived) };
}

/** @param isWhole whether all files were tried */
export function reportOf(results: readonly MutantResult[], isWhole: boolean) {
  const { survivors }: { survivors: Survivors[] } = JSON.parse(readFileSync(join(root, LIST), 'utf8'));
  const known: Known = new Map(
    survivors.flatMap(({ kind, reason, keys }) => keys.map((key) => [key, { kind, reason }] as const)),
  );
  const tried = described(results).filter(({ status }) => status !== 'Ignored' && status !== 'CompileError');
  const byKey = new Map(tried.map((one) => [one.key, one]));
  const isStale = (key: string, kind: Survivors['kind']) => {
    const one = byKey.get(key);
    return one ? one.isKilled && kind === 'equivalent' : isWhole;
  };
  const stale = [...known].flatMap(([key, { kind }]) => (isStale(key, kind) ? [key] : []));
  const files = [...new Set(tried.map(({ file }) => file))].sort();
  const all = tally(tried, known);
  return {
    mutants: tried.length,
    ignored: results.length - tried.length,
    ...all,
    isGood: all.score >= TARGET && stale.length === 0,
    files: Object.fromEntries(
      files.map((name) => {
        const ofFile = tried.filter(({ file }) => file === name);
        return [name, tally(ofFile, known)];
      }),
    ),
    stale,
    survivors: tried
      .filter(({ key, isKilled }) => !isKilled && known.get(key)?.kind !== 'equivalent')
      .map(({ isKilled, ...one }) => ({ ...one, reason: known.get(one.key)?.reason })),
  };
}

export type Report = ReturnType<typeof reportOf>;

export function textOf(report: Report): string {
  const { mutants, ignored, killed, equivalent, survived, score, files, stale, survivors } = report;
  const line = ({ file, line: number, change, reason }: Report['survivors'][number]) =>
    `  ${file}:${number}: ${change}${reason ? `\n      ${reason}` : ''}`;
  return [
    ...(survivors.length > 0 ? ['No test fails when', ...survivors.map(line), ''] : []),
    ...(stale.length > 0 ? [`${LIST} lists mutants that a test kills, or that do not exist:`, ...stale, ''] : []),
    ...Object.entries(files).map(
      ([file, of]) => `${String(of.score).padStart(6)} %  ${file}: ${of.killed} killed, ${of.survived} survived`,
    ),
    '',
    `${mutants} mutants, ${killed} killed, ${equivalent} change nothing that a caller can see, ${survived} survived`,
    `${ignored} more change what is read only once, when the sources are loaded: they were not tried`,
    `score ${score} %`,
    '',
  ].join('\n');
}
