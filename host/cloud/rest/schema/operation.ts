import type { FastifySchema } from 'fastify';
import { type JsonSchema, objectOf, refTo } from './json-schema.js';
import { PROBLEM } from './resources.js';

/** A call, as its route describes it. */
export interface Operation {
  /** one for each call: `CreateDeviceConfig` */
  id: string;
  summary: string;
  tag: string;
  /** parts of the address */
  path?: Record<string, JsonSchema>;
  query?: Record<string, JsonSchema>;
  form?: { required?: Record<string, JsonSchema>; optional?: Record<string, JsonSchema> };
  /** a body that is not a form: its media types */
  upload?: readonly string[];
  /** the answer when the call did what it should; `undefined` is an empty one */
  answer: { status: 200 | 201 | 204; body?: JsonSchema; description?: string };
}

const FORM_TYPE = 'application/x-www-form-urlencoded';

/** What Fastify and @fastify/swagger take for a call. */
export function operation({ id, summary, tag, path, query, form, upload, answer }: Operation): FastifySchema {
  const { status, body, description = summary } = answer;
  return {
    operationId: id,
    summary,
    tags: [tag],
    ...(path && { params: objectOf(path) }),
    ...(query && { querystring: { type: 'object', properties: query } }),
    ...(form && {
      consumes: [FORM_TYPE],
      body: {
        type: 'object',
        required: Object.keys(form.required ?? {}),
        properties: { ...form.required, ...form.optional },
      },
    }),
    ...(upload && { consumes: upload, body: { type: 'string', contentMediaType: upload[0] } }),
    response: {
      [status]: { description, ...(body ?? { type: 'null' }) },
      '4xx': { description: 'The call was refused; nothing was changed.', ...refTo(PROBLEM) },
      '5xx': { description: 'The call failed.', ...refTo(PROBLEM) },
    },
  } as FastifySchema;
}
