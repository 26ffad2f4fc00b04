import { UNIQUE_NAME_PATTERN } from '../../store/unique-name.js';
import { KEY_PATTERN, MAX_KEY_LENGTH, MAX_VALUE_LENGTH, NEW_KEY_PATTERN } from '../../store/values/value-limits.js';
import type { JsonSchema } from './json-schema.js';

export const DATE: JsonSchema = {
  type: 'string',
  pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}Z$',
  description: 'ISO 8601, UTC, whole seconds',
};

export const URL_FIELD: JsonSchema = { type: 'string', format: 'uri', description: 'absolute address' };

export const COUNT: JsonSchema = { type: 'integer', minimum: 0 };

export const KEY: JsonSchema = {
  type: 'string',
  minLength: 1,
  maxLength: MAX_KEY_LENGTH,
  pattern: KEY_PATTERN.source,
  description: 'printable ASCII',
};

export const NEW_KEY: JsonSchema = {
  ...KEY,
  pattern: NEW_KEY_PATTERN.source,
  description: 'printable ASCII without / ? # %, neither . nor ..',
};

export const VALUE: JsonSchema = { type: 'string', maxLength: MAX_VALUE_LENGTH, description: 'Unicode text' };

export const BOOLEAN: JsonSchema = { type: 'boolean' };

/** @param letters what the SID begins with */
function sid(letters: string, description: string): JsonSchema {
  return { type: 'string', pattern: `^${letters}[0-9a-fA-F]{32}$`, description };
}

export const DEVICE_SID = sid('UV', 'device');
export const APP_SID = sid('KA', 'application');
export const ACCOUNT_SID = sid('AC', 'account');

export const HASH: JsonSchema = { type: 'string', pattern: '^sha256:[0-9a-f]{64}$', description: 'of the module' };

export const UNIQUE_NAME: JsonSchema = {
  type: 'string',
  pattern: UNIQUE_NAME_PATTERN.source,
  description: 'stands wherever the SID does; not . or .. nor in the form of a SID',
};

/** In addresses. */
export const DEVICE_OR_NAME: JsonSchema = {
  type: 'string',
  minLength: 1,
  description: 'SID or unique name of a device',
};

export const APP_OR_NAME: JsonSchema = {
  type: 'string',
  minLength: 1,
  description: 'SID or unique name of an application',
};

/** Of every list. */
export const PAGE_QUERY: Record<string, JsonSchema> = {
  PageSize: { type: 'integer', minimum: 1, default: 50, description: 'more than 1000 counts as 1000' },
  Page: { type: 'integer', minimum: 0, default: 0, description: 'the number of the page' },
  PageToken: { type: 'string', description: 'as it is in next_page_url and previous_page_url' },
};
