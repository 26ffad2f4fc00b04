import fc from 'fast-check';
import { appModule } from '../app-modules.js';
import type { Operation, Schema } from './openapi-document.js';

/** A request of an operation, as a client would send it. */
export interface GeneratedRequest {
  target: string;
  headers: Record<string, string>;
  body?: string | Uint8Array<ArrayBuffer>;
  /** what was done to it, so that the document does not allow it any more */
  broken?: string;
}

/** Names of things that exist, by the name of the field that takes them. */
export type Known = Record<string, readonly string[]>;

const GIVEN = ['PageToken', 'Since', 'Wait'];

interface Parts {
  path: Record<string, string>;
  query: Record<string, string>;
  form?: Record<string, string>;
}

const FORM = 'application/x-www-form-urlencoded';

/** Requests that the document allows; half of the names are of things that exist. */
export function allowedRequests(operation: Operation, known: Known): fc.Arbitrary<GeneratedRequest> {
  return partsOf(operation, known).chain((parts) => toRequest(operation, parts));
}

/** Requests with one fault that the document does not allow: in the query, the form, the media type or the method. */
export function forbiddenRequests(operation: Operation, known: Known): fc.Arbitrary<GeneratedRequest> | undefined {
  const breaks = breaksOf(operation);
  if (breaks.length === 0) return undefined;
  return fc.tuple(partsOf(operation, known), fc.constantFrom(...breaks)).chain(([parts, { what, change }]) => {
    const changed = change(structuredClone(parts));
    return toRequest(operation, changed).map((request) => ({ ...request, broken: what }));
  });
}

function partsOf(operation: Operation, known: Known): fc.Arbitrary<Parts> {
  const { parameters = [] } = operation;
  const fields = (place: 'path' | 'query') =>
    Object.fromEntries(parameters.filter((each) => each.in === place).map(({ name, schema }) => [name, schema]));
  const form = formOf(operation);
  const query = fields('query');
  return fc.record({
    path: record(fields('path'), Object.keys(fields('path')), known),
    query: record(query, [], known),
    ...(form && { form: record(form.properties ?? {}, form.required ?? [], known) }),
  });
}

function record(
  fields: Record<string, Schema>,
  required: readonly string[],
  known: Known,
): fc.Arbitrary<Record<string, string>> {
  const values = Object.fromEntries(
    Object.entries(fields).map(([name, schema]) => {
      const any = textOf(schema);
      const some = known[name] && fc.constantFrom(...known[name]);
      // What the server itself has made up, and what takes time, is not made up here.
      if (some === undefined) return [name, any] as const;
      return [name, GIVEN.includes(name) ? some : fc.oneof(some, any)] as const;
    }),
  );
  return fc.record(values, { requiredKeys: [...required] }) as fc.Arbitrary<Record<string, string>>;
}

/** What a field may hold, as the text that it is sent as. */
function textOf({ type, enum: choices, pattern, minimum = 0, maximum = 2 ** 40, minLength, maxLength }: Schema) {
  if (choices) return fc.constantFrom(...choices);
  if (type === 'integer') return fc.integer({ min: minimum, max: maximum }).map(String);
  if (type === 'boolean') return fc.constantFrom('true', 'false');
  const text =
    pattern === undefined
      ? fc.string({ unit: 'grapheme', minLength, maxLength })
      : fc.stringMatching(new RegExp(pattern));
  return text.filter(
    (each) => isSendable(each) && each.length >= (minLength ?? 0) && [...each].length <= (maxLength ?? 4096),
  );
}

/** Clients tidy up dot segments before they send. */
function isSendable(text: string): boolean {
  return text.isWellFormed() && text !== '.' && text !== '..';
}

interface Break {
  what: string;
  change: (parts: Parts) => Parts;
}

function breaksOf(operation: Operation): Break[] {
  const breaks: Break[] = [];
  const spoil = (place: 'query' | 'form', name: string, wrong: string) =>
    breaks.push({
      what: `${name}=${wrong.slice(0, 20)}`,
      change: (parts) => ({ ...parts, [place]: { ...parts[place], [name]: wrong } }),
    });
  for (const { name, in: place, schema } of operation.parameters ?? []) {
    if (place === 'query') for (const wrong of wrongTexts(schema)) spoil('query', name, wrong);
  }
  const form = formOf(operation);
  for (const [name, schema] of Object.entries(form?.properties ?? {})) {
    for (const wrong of wrongTexts(schema)) spoil('form', name, wrong);
  }
  for (const name of form?.required ?? []) {
    breaks.push({
      what: `no ${name}`,
      change: (parts) => {
        const { [name]: _, ...others } = parts.form ?? {};
        return { ...parts, form: others };
      },
    });
  }
  return breaks;
}

function wrongTexts({ type, enum: choices, minimum, maximum, maxLength, minLength, pattern }: Schema): string[] {
  const wrong: string[] = [];
  if (type === 'integer') wrong.push('x', '1.5', '-1', '0x10', ' 1');
  if (type === 'integer' && minimum !== undefined) wrong.push(String(minimum - 1));
  if (type === 'integer' && maximum !== undefined) wrong.push(String(maximum + 1));
  if (type === 'boolean') wrong.push('yes', 'TRUE', '1');
  if (choices) wrong.push('none of them');
  if (maxLength !== undefined) wrong.push('x'.repeat(maxLength + 1));
  if (minLength) wrong.push('');
  if (pattern !== undefined)
    wrong.push(...['\u00e9', '\n', ' '].filter((text) => !new RegExp(pattern, 'u').test(text)));
  return wrong;
}

function formOf({ requestBody }: Operation): Schema | undefined {
  return requestBody?.content[FORM]?.schema;
}

function toRequest(operation: Operation, { path, query, form }: Parts): fc.Arbitrary<GeneratedRequest> {
  const address = operation.path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(path[name]));
  const target = Object.keys(query).length === 0 ? address : `${address}?${new URLSearchParams(query)}`;
  if (form) {
    const body = new URLSearchParams(form).toString();
    return fc.constant({ target, headers: { 'content-type': FORM }, body });
  }
  const uploads = Object.keys(operation.requestBody?.content ?? {});
  if (uploads.length === 0) return fc.constant({ target, headers: {} });
  return fc
    .record({
      type: fc.constantFrom(...uploads),
      body: fc.string({ maxLength: 100, unit: 'binary-ascii' }).map(appModule),
    })
    .map(({ type, body }) => ({ target, headers: { 'content-type': type }, body }));
}
