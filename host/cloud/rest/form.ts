import { RequestProblem } from '../../http/request-problem.js';

/**
 * A decoded body, or what is wrong with it. The parser must not throw, so the problem waits here until a route asks for a
 * field.
 */
export type Form = { fields: ReadonlyMap<string, string> } | { problem: string };

/**
 * Decodes `application/x-www-form-urlencoded` (URL Standard, section 5.1), but strictly: otherwise a wrong percent
 * sequence, or bytes that are not UTF-8, would silently change a value.
 */
export function parseForm(body: string): Form {
  const fields = new Map<string, string>();
  for (const pair of body.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = decode(equals < 0 ? pair : pair.slice(0, equals));
    const value = decode(equals < 0 ? '' : pair.slice(equals + 1));
    if (name === undefined || value === undefined) {
      const field = name === 'Key' || name === 'Value' ? `the field ${name}` : 'a field';
      return { problem: `${field} of the form is not percent-encoded UTF-8; encode it (curl --data-urlencode)` };
    }
    if (fields.has(name)) return { problem: 'a field of the form is given twice; give it once' };
    fields.set(name, value);
  }
  return { fields };
}

/** Names of fields, for messages: what else is in a form is not repeated. */
type FieldName = 'Key' | 'Value' | 'UniqueName' | 'TargetApp' | 'LoggingEnabled' | 'RestartApp';

/**
 * A field that the call needs.
 *
 * @throws RequestProblem 400 when the form is malformed or has no such field
 */
export function formField(body: unknown, name: FieldName): string {
  const value = optionalField(body, name);
  if (value !== undefined) return value;
  const advice = `send it form-encoded (curl --data-urlencode "${name}=...")`;
  throw new RequestProblem(400, `the field ${name} is missing; ${advice}`);
}

/** A field, or undefined when it is not there. @throws RequestProblem 400 when the form is malformed */
export function optionalField(body: unknown, name: FieldName): string | undefined {
  const form = body as Form | null | undefined; // a request without a body has no form
  if (form && 'problem' in form) throw new RequestProblem(400, form.problem);
  return form?.fields.get(name);
}

/** @throws RequestProblem 400 when the form is malformed, or the field is neither `true` nor `false` */
export function optionalFlag(body: unknown, name: FieldName): boolean | undefined {
  return readFlag(name, optionalField(body, name));
}

/** @throws RequestProblem 400 when the text is neither `true` nor `false` */
export function readFlag(name: string, text: string | undefined): boolean | undefined {
  if (text === undefined || text === 'true' || text === 'false')
    return text === undefined ? undefined : text === 'true';
  throw new RequestProblem(400, `${name} is neither true nor false; send one of these`);
}

/** Bytes of the body that were not UTF-8 have become U+FFFD. */
function decode(text: string): string | undefined {
  if (text.includes('\ufffd')) return undefined;
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}
