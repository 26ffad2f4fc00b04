import { BOOLEAN, COUNT, DATE, DEVICE_SID, KEY, sid, URL_FIELD, VALUE } from './fields.js';
import { type JsonSchema, objectOf, orNull, refTo } from './json-schema.js';

/** Every error answer. */
export const PROBLEM: JsonSchema = objectOf(
  {
    code: { type: 'integer', description: 'the number of the error' },
    message: { type: 'string', description: 'what is wrong and what to do; never a value' },
    more_info: { type: 'string', description: 'where to read on' },
    status: { type: 'integer', minimum: 400, maximum: 599, description: 'the HTTP status' },
  },
  { $id: 'Problem', description: 'The call was refused, or failed.' },
);

export const PAGE_META: JsonSchema = objectOf(
  {
    page: COUNT,
    page_size: COUNT,
    first_page_url: URL_FIELD,
    previous_page_url: orNull(URL_FIELD),
    url: URL_FIELD,
    next_page_url: orNull(URL_FIELD),
    key: { type: 'string', description: 'the name of the list in the answer' },
  },
  { $id: 'PageMeta' },
);

/** Of the account they have no `device_sid`. */
const OF_DEVICE: JsonSchema = { ...DEVICE_SID, description: 'the device that it belongs to, not of the account' };

export const CONFIG: JsonSchema = {
  ...objectOf({ key: KEY, value: VALUE, date_updated: DATE, url: URL_FIELD }, { $id: 'Config' }),
  properties: { device_sid: OF_DEVICE, key: KEY, value: VALUE, date_updated: DATE, url: URL_FIELD },
};

export const SECRET: JsonSchema = {
  ...objectOf({ key: KEY, date_rotated: DATE, url: URL_FIELD }, { $id: 'Secret' }),
  properties: { device_sid: OF_DEVICE, key: KEY, date_rotated: DATE, url: URL_FIELD },
};

/** The answer to a list call: the list under its name, and its `meta`. */
export function listOf(key: string, item: JsonSchema): JsonSchema {
  return objectOf({ [key]: { type: 'array', items: refTo(item) }, meta: refTo(PAGE_META) });
}
