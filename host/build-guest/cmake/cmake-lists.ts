import { basename, dirname, extname, resolve } from 'node:path';
import type { CMakeScope } from './cmake-scope.js';

/** Commands that only change variables. @returns false when it is not one of them, or in a form that is not known here */
export function changeVariables(
  scope: CMakeScope,
  folder: string,
  command: string,
  values: readonly string[],
): boolean {
  const [verb, ...rest] = values;
  switch (command) {
    case 'list':
      return changeList(scope, verb, rest);
    case 'string':
      return changeString(scope, verb, rest);
    case 'get_filename_component':
      return nameParts(scope, folder, values);
    case 'cmake_parse_arguments':
      return parseArguments(scope, values);
    default:
      return false;
  }
}

const itemsOf = (scope: CMakeScope, name: string) => (scope.get(name) ?? '').split(';').filter((item) => item !== '');

function changeList(scope: CMakeScope, verb: string, [name, ...values]: readonly string[]): boolean {
  const items = itemsOf(scope, name);
  const changed = changedList(items, verb, values);
  if (changed) {
    scope.set(name, changed.join(';'));
    return true;
  }
  const found = readList(items, verb, values);
  if (found === undefined) return false;
  scope.set(values.at(-1) ?? '', found);
  return true;
}

function changedList(items: string[], verb: string, values: readonly string[]): string[] | undefined {
  const [first, second] = values;
  switch (verb) {
    case 'APPEND':
      return [...items, ...values];
    case 'PREPEND':
      return [...values, ...items];
    case 'INSERT':
      return items.toSpliced(Number(first), 0, ...values.slice(1));
    case 'REMOVE_ITEM':
      return items.filter((item) => !values.includes(item));
    case 'REMOVE_AT':
      return items.filter((_, index) => !values.some((at) => (Number(at) + items.length) % items.length === index));
    case 'REMOVE_DUPLICATES':
      return [...new Set(items)];
    case 'REVERSE':
      return items.toReversed();
    case 'SORT':
      return items.toSorted();
    case 'FILTER': {
      const pattern = regex(values[2] ?? '');
      return items.filter((item) => pattern.test(item) === (first === 'INCLUDE'));
    }
    case 'TRANSFORM':
      if (values.length === 2 && first === 'PREPEND') return items.map((item) => second + item);
      return values.length === 2 && first === 'APPEND' ? items.map((item) => item + second) : undefined;
    default:
      return undefined;
  }
}

function readList(items: string[], verb: string, values: readonly string[]): string | undefined {
  switch (verb) {
    case 'LENGTH':
      return String(items.length);
    case 'GET':
      return values
        .slice(0, -1)
        .map((index) => items.at(Number(index)) ?? '')
        .join(';');
    case 'JOIN':
      return items.join(values[0]);
    case 'FIND':
      return String(items.indexOf(values[0]));
    default:
      return undefined;
  }
}

function changeString(scope: CMakeScope, verb: string, values: readonly string[]): boolean {
  const set = (name: string, value: string) => {
    scope.set(name, value);
    return true;
  };
  const [first, second, third] = values;
  switch (verb) {
    case 'TOUPPER':
      return set(second, first.toUpperCase());
    case 'TOLOWER':
      return set(second, first.toLowerCase());
    case 'STRIP':
      return set(second, first.trim());
    case 'LENGTH':
      return set(second, String(first.length));
    case 'APPEND':
      return set(first, (scope.get(first) ?? '') + values.slice(1).join(''));
    case 'PREPEND':
      return set(first, values.slice(1).join('') + (scope.get(first) ?? ''));
    case 'CONCAT':
      return set(first, values.slice(1).join(''));
    case 'JOIN':
      return set(second, values.slice(2).join(first));
    case 'FIND':
      return set(third, String(first.indexOf(second)));
    case 'SUBSTRING':
      return set(values[3], third === '-1' ? first.slice(Number(second)) : first.substr(Number(second), Number(third)));
    case 'REPLACE':
      return set(third, values.slice(3).join('').replaceAll(first, second));
    case 'REGEX':
      return matchString(scope, values);
    default:
      return false;
  }
}

/** MATCH, MATCHALL and REPLACE. CMake writes `\\1` for a group. */
function matchString(scope: CMakeScope, [verb, pattern, ...values]: readonly string[]): boolean {
  if (verb === 'MATCH') scope.set(values[0], regex(pattern).exec(values.slice(1).join(''))?.[0] ?? '');
  else if (verb === 'MATCHALL') {
    scope.set(values[0], (values.slice(1).join('').match(regex(pattern, 'g')) ?? []).join(';'));
  } else if (verb === 'REPLACE') {
    const [by, name, ...texts] = values;
    scope.set(name, texts.join('').replace(regex(pattern, 'g'), by.replace(/\$/g, '$$$$').replace(/\\(\d)/g, '$$$1')));
  } else return false;
  return true;
}

function regex(pattern: string, flags = ''): RegExp {
  try {
    return new RegExp(pattern, flags);
  } catch {
    throw new Error(`${pattern} is not a regular expression`);
  }
}

function nameParts(scope: CMakeScope, folder: string, [name, path, mode, ...rest]: readonly string[]): boolean {
  const file = basename(path ?? '');
  const base = rest[rest.indexOf('BASE_DIR') + 1];
  const parts: Record<string, () => string> = {
    DIRECTORY: () => dirname(path),
    PATH: () => dirname(path),
    NAME: () => file,
    EXT: () => (file.includes('.') ? file.slice(file.indexOf('.')) : ''),
    LAST_EXT: () => extname(file),
    NAME_WE: () => file.split('.')[0],
    NAME_WLE: () => basename(file, extname(file)),
    ABSOLUTE: () => resolve(folder, rest.includes('BASE_DIR') ? base : '', path),
    REALPATH: () => resolve(folder, path),
  };
  if (path === undefined || !Object.hasOwn(parts, mode)) return false;
  scope.set(name, parts[mode]());
  return true;
}

/** `cmake_parse_arguments(PREFIX OPTIONS ONE-VALUE MULTI-VALUE ARGUMENTS...)`, or with `PARSE_ARGV N` in front. */
function parseArguments(scope: CMakeScope, values: readonly string[]): boolean {
  const isOfFunction = values[0] === 'PARSE_ARGV';
  const [prefix, options, ones, many, ...given] = isOfFunction ? values.slice(2) : values;
  const args = isOfFunction ? itemsOf(scope, 'ARGV').slice(Number(values[1])) : given;
  const words = (list: string | undefined) => (list ?? '').split(';').filter((word) => word !== '');
  const found = new Map<string, string[]>();
  const unparsed: string[] = [];
  let takers: string[] = unparsed;
  let isOne = false;
  for (const arg of args) {
    if (words(options).includes(arg)) {
      found.set(arg, ['TRUE']);
      takers = unparsed;
    } else if (words(ones).includes(arg) || words(many).includes(arg)) {
      isOne = words(ones).includes(arg);
      takers = [];
      found.set(arg, takers);
    } else {
      takers.push(arg);
      if (isOne) takers = unparsed;
      isOne = false;
    }
  }
  for (const word of words(options)) scope.set(`${prefix}_${word}`, found.has(word) ? 'TRUE' : 'FALSE');
  for (const word of [...words(ones), ...words(many)]) {
    const value = found.get(word);
    if (value) scope.set(`${prefix}_${word}`, value.join(';'));
    else scope.unset(`${prefix}_${word}`);
  }
  scope.set(`${prefix}_UNPARSED_ARGUMENTS`, unparsed.join(';'));
  return true;
}
