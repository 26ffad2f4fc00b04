import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

/** A schema as OpenAPI 3.1 has it, as far as the document uses it. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  properties?: Record<string, Schema>;
  required?: string[];
  enum?: string[];
  pattern?: string;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
}

interface Parameter {
  name: string;
  in: 'path' | 'query';
  required?: boolean;
  schema: Schema;
}

interface Described {
  operationId: string;
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, { content?: Record<string, { schema: Schema }> }>;
}

export interface Document {
  openapi: string;
  paths: Record<string, Record<string, Described>>;
  components: { schemas: Record<string, Schema>; securitySchemes: Record<string, unknown> };
}

/** A call of the document. */
export interface Operation extends Described {
  method: string;
  path: string;
}

export function readDocument(): Document {
  return JSON.parse(readFileSync('build/host/openapi.json', 'utf8'));
}

export function operationsOf({ paths }: Document): Operation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]) => ({ method: method.toUpperCase(), path, ...described })),
  );
}

/** Says what of an answer does not fit what the document says of the call; undefined when all of it fits. */
export class AnswerCheck {
  readonly #ajv = new Ajv2020({
    strict: false,
    allErrors: true,
    formats: { uri: isAddress, 'date-time': true, byte: true },
  });
  readonly #components: Document['components'];
  readonly #compiled = new Map<Schema, ValidateFunction>();

  constructor({ components }: Document) {
    this.#components = components;
  }

  fault({ responses }: Operation, status: number, type: string, text: string): string | undefined {
    const name = [String(status), `${Math.floor(status / 100)}XX`].find((each) => responses[each]);
    if (name === undefined) return `the status ${status} is not described`;
    const { content } = responses[name];
    if (content === undefined) return text === '' ? undefined : `${status} has a body: ${text}`;
    const described = content[type.split(';')[0]];
    if (described === undefined) return `${status} has the media type ${type}`;
    const validate = this.#validate(described.schema);
    return validate(JSON.parse(text)) ? undefined : `${status} ${text}: ${this.#ajv.errorsText(validate.errors)}`;
  }

  #validate(schema: Schema): ValidateFunction {
    const compiled = this.#compiled.get(schema) ?? this.#ajv.compile({ ...schema, components: this.#components });
    this.#compiled.set(schema, compiled);
    return compiled;
  }
}

function isAddress(text: string): boolean {
  return URL.canParse(text);
}
