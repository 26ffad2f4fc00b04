import { isObject } from './json-payload.js';

/** A template that cannot be read. The message says what is wrong and what to do. */
export class TemplateError extends Error {
  override name = 'TemplateError';
}

/** What a template asks for, by name; undefined when there is none. */
export type Lookup = (name: string) => string | undefined;

/** A text in which `{name}` stands for a value; `{{` and `}}` are braces. */
export class Template {
  readonly #source: string;
  /** Texts and names by turns. */
  readonly #parts: readonly string[];

  /**
   * @param known whether a name can stand for something
   * @param names those that can, for people
   * @throws TemplateError
   */
  constructor(source: string, known: (name: string) => boolean, names: string) {
    this.#source = source;
    const parts = [''];
    for (const [token, name] of source.matchAll(/\{\{|\}\}|\{([^{}]*)\}|[^{}]+|[{}]/g)) {
      if (name !== undefined) {
        if (!known(name)) throw new TemplateError(`${this.#quoted}: {${name}} is not known; use ${names}`);
        parts.push(name, '');
      } else if (token === '{' || token === '}') {
        throw new TemplateError(`${this.#quoted}: a single "${token}"; write "${token}${token}" for a brace`);
      } else parts[parts.length - 1] += token === '{{' || token === '}}' ? token[0] : token;
    }
    this.#parts = parts;
  }

  /** The text; or why there is none. */
  fill(lookup: Lookup): { text: string } | { problem: string } {
    let text = '';
    for (const [at, part] of this.#parts.entries()) {
      const value = at % 2 === 0 ? part : lookup(part);
      if (value === undefined) return { problem: `there is no {${part}} for the template ${this.#quoted}` };
      text += value;
    }
    return { text };
  }

  get #quoted(): string {
    return JSON.stringify(this.#source);
  }
}

/** `{1}` is the first part, `{2+}` all from the second on. */
export const PART = /^([1-9]\d{0,3})(\+?)$/;

/** A part of a name that consists of several. @param name as `PART` has it */
export function partOf(parts: readonly string[], name: string, separator: string): string | undefined {
  const [, digits, more] = PART.exec(name) ?? [];
  if (digits === undefined) return undefined;
  const at = Number(digits) - 1;
  if (at >= parts.length) return undefined;
  return more ? parts.slice(at).join(separator) : parts[at];
}

/** A field inside JSON as text: `meta.service`. Texts, numbers and booleans have one. */
export function fieldOf(json: unknown, path: string): string | undefined {
  let value = json;
  for (const name of path.split('.')) {
    if (!isObject(value) || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : undefined;
}
