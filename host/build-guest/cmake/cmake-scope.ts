import type { CMakeArgument } from './cmake-commands.js';

/** How deep variables may be nested in each other. */
const DEEPEST = 16;

/** The variables of a folder: those of the folder above are seen, and not changed. */
export class CMakeScope {
  readonly parent: CMakeScope | undefined;
  readonly #variables: Map<string, string>;
  readonly #environment: Readonly<Record<string, string | undefined>>;

  constructor(environment: Readonly<Record<string, string | undefined>>, parent?: CMakeScope) {
    this.parent = parent;
    this.#environment = environment;
    this.#variables = new Map(parent?.variables);
  }

  get variables(): ReadonlyMap<string, string> {
    return this.#variables;
  }

  get(name: string): string | undefined {
    return this.#variables.get(name);
  }

  environment(name: string): string | undefined {
    return this.#environment[name];
  }

  set(name: string, value: string): void {
    this.#variables.set(name, value);
  }

  unset(name: string): void {
    this.#variables.delete(name);
  }

  below(): CMakeScope {
    return new CMakeScope(this.#environment, this);
  }

  /** The text with the values of `${NAME}` and `$ENV{NAME}`; those that are not set are empty. */
  expand(text: string): string {
    let expanded = text;
    for (let depth = 0; depth < DEEPEST; depth++) {
      const next = expanded.replace(/\$(ENV)?\{([^${}]*)\}/g, (_, isEnvironment, name) =>
        isEnvironment ? (this.environment(name) ?? '') : (this.get(name) ?? ''),
      );
      if (next === expanded) break;
      expanded = next;
    }
    return expanded;
  }

  /** The values of arguments: unquoted ones are lists. */
  values(args: readonly CMakeArgument[]): string[] {
    return args.flatMap((arg) => {
      if (arg.isBracket) return [arg.text];
      const value = this.expand(arg.text).replace(/\\(["\\$;@# ])/g, '$1');
      return arg.isQuoted ? [value] : value.split(';').filter((item) => item !== '');
    });
  }
}
