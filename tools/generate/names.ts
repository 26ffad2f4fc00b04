/** A name in camelCase or PascalCase as UPPER_SNAKE. */
export const upperSnake = (name: string): string =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1_$2')
    .toUpperCase();

/** A name in camelCase or PascalCase as lower_snake. */
export const lowerSnake = (name: string): string => upperSnake(name).toLowerCase();

/** A name in lower_snake as camelCase. */
export const camel = (name: string): string =>
  name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
