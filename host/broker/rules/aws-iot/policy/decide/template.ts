import { type ContextKey, readContextKey } from './context-key.js';
import type { ContextValues } from './policy-context.js';

/** `*`: any run of characters, slashes included. */
export const RUN = 0;
/** `?`: one character, slashes included. */
export const ONE = 1;

/** A pattern whose variables have their values: literal texts and wildcards by turns. */
export type Glob = readonly (string | typeof RUN | typeof ONE)[];

/** A text of a policy with wildcards and variables. */
export type Template = readonly (string | typeof RUN | typeof ONE | ContextKey)[];

const LITERALS = ['*', '?', '$'];

/**
 * Takes a text of a policy apart. `${*}`, `${?}` and `${$}` are these characters themselves (IAM user guide); there is no other
 * escape, and `$` counts only before a brace that is closed.
 *
 * @param variables false for an old Version, in which `${...}` is plain text
 * @param wildcards false where `*` and `?` are plain, as in StringEquals
 */
export function readTemplate(text: string, variables: boolean, wildcards = true): Template {
  const parts: (string | typeof RUN | typeof ONE | ContextKey)[] = [];
  let literal = '';
  const push = (part: Exclude<Template[number], string>) => {
    if (literal !== '') parts.push(literal);
    literal = '';
    parts.push(part);
  };
  for (const [token, name] of text.matchAll(variables ? /\$\{([^}]*)\}|[*?]|[^$*?]+|\$/g : /[*?]|[^*?]+/g)) {
    if (wildcards && token === '*') push(RUN);
    else if (wildcards && token === '?') push(ONE);
    else if (name === undefined) literal += token;
    else if (LITERALS.includes(name)) literal += name;
    else push(readContextKey(name));
  }
  if (literal !== '') parts.push(literal);
  return parts;
}

export function isKey(part: Template[number]): part is ContextKey {
  return typeof part === 'object';
}

/** The variables of a template. */
export function keysOf(template: Template): ContextKey[] {
  return template.filter(isKey);
}

/** Puts values in. They are literal: a `*` in one is no wildcard. Undefined when one has no value. */
export function resolve(template: Template, values: ContextValues): Glob | undefined {
  const parts: (string | typeof RUN | typeof ONE)[] = [];
  for (const part of template) {
    const value = isKey(part) ? values.text(part) : part;
    if (value === undefined) return undefined;
    const last = parts.length - 1;
    if (typeof value === 'string' && typeof parts[last] === 'string') parts[last] += value;
    else parts.push(value);
  }
  return parts;
}

/** Whether all of the text matches. In time of the product of both lengths at worst. */
export function globMatches(glob: Glob, text: string): boolean {
  let at = 0;
  let part = 0;
  let run = -1;
  let runEnd = 0;
  for (;;) {
    if (part === glob.length) {
      if (at === text.length) return true;
    } else {
      const current = glob[part];
      if (current === RUN) {
        run = part++;
        runEnd = at;
        if (part === glob.length) return true;
        continue;
      }
      const width = current === ONE ? widthAt(text, at) : text.startsWith(current, at) ? current.length : -1;
      if (width >= 0) {
        at += width;
        part++;
        continue;
      }
    }
    // The last run takes one character more; where a text follows it, up to where that begins.
    if (run < 0) return false;
    const next = glob[run + 1];
    runEnd = typeof next === 'string' ? text.indexOf(next, runEnd + 1) : runEnd + 1;
    if (runEnd < 0 || runEnd > text.length) return false;
    at = runEnd;
    part = run + 1;
  }
}

/** UTF-16 units of the character there; -1 at the end. */
function widthAt(text: string, at: number): number {
  const code = text.codePointAt(at);
  return code === undefined ? -1 : code > 0xffff ? 2 : 1;
}

/** The template as text again, with what has a value put in. */
export function shown(template: Template, values?: ContextValues): string {
  return template
    .map((part) => {
      if (part === RUN) return '*';
      if (part === ONE) return '?';
      return typeof part === 'string' ? part : (values?.text(part) ?? `\${${part.text}}`);
    })
    .join('');
}
