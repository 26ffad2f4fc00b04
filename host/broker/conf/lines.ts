import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readRegularFile } from '../../node/files/regular-file.js';
import type { Findings, Place } from './findings.js';

/** An option with its value, as a line of a file has them. `column` is where the option begins. */
export interface ConfigLine extends Place {
  readonly option: string;
  /** The rest of the line, without spaces at either end. May be empty. */
  readonly value: string;
  /** Where the value begins; the end of the line when there is none. */
  readonly valueColumn: number;
}

/** Where files come from. Both methods throw what node:fs throws. */
export interface ConfigFiles {
  read(path: string): Uint8Array;
  /** Names, without the folder. */
  list(folder: string): string[];
}

export const diskFiles: ConfigFiles = { read: readRegularFile, list: (folder) => readdirSync(folder) };

/** The line of this option's value, for a mistake at an offset within it. */
export function valuePlace(line: ConfigLine, offset = 0): Place {
  return { file: line.file, line: line.line, column: line.valueColumn + offset };
}

/**
 * All options of a configuration file and of the files that its `include_dir` names, in the order in which they count.
 * What cannot be read is reported to `findings`.
 */
export function readConfigLines(path: string, files: ConfigFiles, findings: Findings): ConfigLine[] {
  const text = readText(path, { file: path, line: 1, column: 1 }, files, findings, 'the configuration file');
  if (text === undefined) return [];
  return linesOf(path, text, findings).flatMap((line) =>
    line.option === 'include_dir' ? included(line, files, findings) : [line],
  );
}

/** The options of one text. `include_dir` is among them. */
export function linesOf(file: string, text: string, findings: Findings): ConfigLine[] {
  const lines: ConfigLine[] = [];
  for (const [at, raw] of text.split(/\r\n|\n|\r/).entries()) {
    const [, space, option, gap, value] = /^([ \t]*)([^ \t]*)([ \t]*)(.*?)[ \t]*$/s.exec(raw)!;
    const line = { file, line: at + 1, column: space.length + 1 };
    if (option === '') continue;
    if (option.startsWith('#')) {
      if (space !== '') findings.warning(line, 'a comment of mosquitto begins in the first column; remove the spaces');
      continue;
    }
    const valueColumn = line.column + option.length + gap.length;
    lines.push({ ...line, option, value, valueColumn });
  }
  return lines;
}

/**
 * A file of the configuration as text.
 *
 * @param place where the file is named
 * @param what the file, as the subject of a sentence
 * @returns undefined when it cannot be read, or is not UTF-8: reported
 */
export function readText(
  path: string,
  place: Place,
  files: ConfigFiles,
  findings: Findings,
  what: string,
): string | undefined {
  const bytes = readBytes(path, place, files, findings, what);
  if (!bytes) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    findings.error(place, `${what} ${path} is not UTF-8; save it as UTF-8`);
    return undefined;
  }
}

/** Like `readText`, in whatever encoding. */
export function readBytes(
  path: string,
  place: Place,
  files: ConfigFiles,
  findings: Findings,
  what: string,
): Uint8Array | undefined {
  try {
    return files.read(path);
  } catch (error) {
    findings.error(place, `${what} ${path} cannot be read: ${fileReason(error)}`);
    return undefined;
  }
}

/** Why a file cannot be read, and what to do. */
export function fileReason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'there is no such file; check the path, which counts from the working directory';
  if (code === 'EACCES' || code === 'EPERM') return 'this user may not read it; change its owner or its mode';
  if (code === 'EISDIR') return 'it is a folder; name a file';
  if (code === 'ENOTDIR') return 'a part of the path is a file; check the path';
  return message ?? String(error);
}

function included(include: ConfigLine, files: ConfigFiles, findings: Findings): ConfigLine[] {
  if (include.value === '') {
    findings.error(valuePlace(include), 'include_dir names no folder; write it behind the option');
    return [];
  }
  let names: string[];
  try {
    names = files.list(include.value);
  } catch (error) {
    findings.error(
      valuePlace(include),
      `the folder ${include.value} cannot be read: ${fileReason(error).replace('file;', 'folder;')}`,
    );
    return [];
  }
  return names
    .filter((name) => name.endsWith('.conf'))
    .sort(byName)
    .flatMap((name) => {
      const path = join(include.value, name);
      const text = readText(path, valuePlace(include), files, findings, 'the configuration file');
      if (text === undefined) return [];
      return linesOf(path, text, findings).filter((line) => {
        if (line.option !== 'include_dir') return true;
        findings.warning(line, 'include_dir counts in the main file only; move it there');
        return false;
      });
    });
}

/** Alphabetical; upper case before the lower case of the same letter. */
function byName(one: string, other: string): number {
  return compare(one.toLowerCase(), other.toLowerCase()) || compare(one, other);
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
