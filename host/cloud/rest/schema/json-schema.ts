/** A JSON Schema (draft 2020-12, as OpenAPI 3.1 has it), as far as it is used here. */
export interface JsonSchema {
  $id?: string;
  $ref?: string;
  type?: string | readonly string[];
  description?: string;
  properties?: Record<string, JsonSchema>;
  required?: readonly string[];
  additionalProperties?: boolean;
  items?: JsonSchema;
  enum?: readonly (string | null)[];
  pattern?: string;
  format?: string;
  contentEncoding?: string;
  contentMediaType?: string;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  default?: string | number | boolean;
}

/** An object of these properties, all of them there, and no others. */
export function objectOf(properties: Record<string, JsonSchema>, more: JsonSchema = {}): JsonSchema {
  return { type: 'object', required: Object.keys(properties), properties, additionalProperties: false, ...more };
}

/** The same type, or null. */
export function orNull(schema: JsonSchema): JsonSchema {
  return { ...schema, type: [schema.type as string, 'null'], ...(schema.enum && { enum: [...schema.enum, null] }) };
}

/** A schema that was added under this `$id`. */
export function refTo({ $id }: JsonSchema): JsonSchema {
  return { $ref: `${$id}#` };
}
