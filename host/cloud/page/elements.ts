type Attributes = Record<string, string | boolean | undefined>;
export type Child = Node | string;

/**
 * An element with these attributes (`true` stands for an empty one, `false` and `undefined` for none) and children. Strings become text,
 * whatever is in them.
 */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) made.setAttribute(name, value === true ? '' : value);
  }
  made.append(...children);
  return made;
}

export function button(text: string, action: () => void, attributes: Attributes = {}): HTMLButtonElement {
  const made = element('button', { type: 'button', ...attributes }, text);
  made.addEventListener('click', action);
  return made;
}

/** An element of index.html. */
export function byId<T extends HTMLElement>(id: string): T {
  return document.getElementById(id) as T;
}

/** A date of the REST calls (ISO 8601) as the reader's clock has it, or a dash. */
export function dateOf(iso: string | null): Child {
  if (iso === null) return '–';
  const shown = new Date(iso).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
  return element('time', { datetime: iso, title: iso }, shown);
}
