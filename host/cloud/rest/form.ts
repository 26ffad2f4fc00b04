import { RequestProblem } from './problems.js';

/** A decoded body. The parser must not throw, so what is wrong waits here until a route asks for a field. */
export interface Form {
  fields: Map<string, string>;
  problem?: string;
}

/**
 * Decodes `application/x-www-form-urlencoded` (URL Standard, section 5.1), but strictly: a wrong percent sequence or
 * bytes that are not UTF-8 would otherwise change a value silently.
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
      return {
        fields,
        problem: `${field} of the form is not percent-encoded UTF-8; encode it (curl --data-urlencode)`,
      };
    }
    if (fields.has(name)) return { fields, problem: 'a field of the form is given twice; give it once' };
    fields.set(name, value);
  }
  return { fields };
}

/**
 * A field that the call needs.
 *
 * @throws RequestProblem 400 when the form is malformed or has no such field
 */
export function formField(body: unknown, name: 'Key' | 'Value'): string {
  const form = body as Form | null | undefined;
  if (form?.problem !== undefined) throw new RequestProblem(400, form.problem);
  const value = form?.fields?.get(name);
  if (value === undefined) {
    throw new RequestProblem(
      400,
      `the field ${name} is missing; send it form-encoded (curl --data-urlencode "${name}=...")`,
    );
  }
  return value;
}

/** U+FFFD stands where the body's bytes were not UTF-8. */
function decode(text: string): string | undefined {
  if (text.includes('\ufffd')) return undefined;
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}
