/** A name in camelCase or PascalCase as UPPER_SNAKE. */
export const upperSnake = (name) =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1_$2')
    .toUpperCase();

/** A name in camelCase or PascalCase as lower_snake. */
export const lowerSnake = (name) => upperSnake(name).toLowerCase();
