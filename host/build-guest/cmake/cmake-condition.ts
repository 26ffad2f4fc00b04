import { existsSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import type { CMakeArgument } from './cmake-commands.js';
import type { CMakeScope } from './cmake-scope.js';

const FALSE = /^(0|OFF|NO|FALSE|N|IGNORE|NOTFOUND|.*-NOTFOUND|)$/i;
const TRUE = /^(1|ON|YES|TRUE|Y|-?[1-9]\d*(\.\d+)?)$/i;

/** Whether the condition of an `if` holds. What is not known here (targets, policies) does not. */
export function holds(scope: CMakeScope, args: readonly CMakeArgument[]): boolean {
  const tokens = [...args];
  const take = () => tokens.shift();
  const isWord = (word: string) => !tokens[0]?.isQuoted && tokens[0]?.text === word;
  const textOf = (arg: CMakeArgument | undefined) => {
    const text = scope.expand(arg?.text ?? '');
    return arg?.isQuoted ? text : (scope.get(text) ?? text);
  };
  const isTrue = (arg: CMakeArgument | undefined) => {
    const text = scope.expand(arg?.text ?? '');
    if (FALSE.test(text)) return false;
    if (TRUE.test(text)) return true;
    return !FALSE.test(scope.get(text) ?? '');
  };

  const either = (): boolean => {
    let result = both();
    while (isWord('OR')) {
      take();
      const next = both();
      result = result || next;
    }
    return result;
  };
  const both = (): boolean => {
    let result = one();
    while (isWord('AND')) {
      take();
      const next = one();
      result = result && next;
    }
    return result;
  };
  const one = (): boolean => {
    if (isWord('NOT')) {
      take();
      return !one();
    }
    if (isWord('(')) {
      take();
      const result = either();
      take();
      return result;
    }
    const first = take();
    if (!first?.isQuoted && first?.text === 'DEFINED') return isDefined(scope, take()?.text ?? '');
    if (!first?.isQuoted && /^(EXISTS|IS_DIRECTORY)$/.test(first?.text ?? '')) {
      const path = scope.expand(take()?.text ?? '');
      return isAbsolute(path) && existsSync(path);
    }
    if (!first?.isQuoted && /^(TARGET|COMMAND|POLICY)$/.test(first?.text ?? '')) {
      take();
      return false;
    }
    return compare(first);
  };
  const compare = (left: CMakeArgument | undefined): boolean => {
    const [operator] = tokens;
    const name = operator?.isQuoted ? '' : (operator?.text ?? '');
    if (!/^(STREQUAL|EQUAL|LESS|GREATER|LESS_EQUAL|GREATER_EQUAL|MATCHES|IN_LIST|VERSION_\w+)$/.test(name))
      return isTrue(left);
    take();
    if (name === 'IN_LIST')
      return (scope.get(scope.expand(take()?.text ?? '')) ?? '').split(';').includes(textOf(left));
    const [a, b] = [textOf(left), textOf(take())];
    if (name === 'STREQUAL') return a === b;
    if (name === 'MATCHES') return matches(a, b);
    const order = a.localeCompare(b, 'en', { numeric: true });
    const kind = name.replace('VERSION_', '');
    if (kind === 'EQUAL') return order === 0;
    if (kind === 'LESS' || kind === 'LESS_EQUAL') return order < 0 || (kind === 'LESS_EQUAL' && order === 0);
    return order > 0 || (kind === 'GREATER_EQUAL' && order === 0);
  };
  return either();
}

function isDefined(scope: CMakeScope, name: string): boolean {
  const [, variable] = /^ENV\{(.*)\}$/.exec(name) ?? [];
  return variable === undefined ? scope.get(name) !== undefined : scope.environment(variable) !== undefined;
}

function matches(text: string, pattern: string): boolean {
  try {
    return new RegExp(pattern).test(text);
  } catch {
    return false;
  }
}
