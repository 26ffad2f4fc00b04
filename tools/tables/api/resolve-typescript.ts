// A module for `module.register`: typedoc asks for `typescript`, whose version 7 has no compiler API; it gets version 6, which has.

type Next = (specifier: string, context: object) => unknown;

export function resolve(specifier: string, context: object, next: Next): unknown {
  return next(specifier === 'typescript' ? '@tsd/typescript' : specifier, context);
}
