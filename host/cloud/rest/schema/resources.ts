import {
  ACCOUNT_SID,
  APP_SID,
  BOOLEAN,
  COUNT,
  DATE,
  DEVICE_SID,
  HASH,
  KEY,
  UNIQUE_NAME,
  URL_FIELD,
  VALUE,
} from './fields.js';
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

const UPDATE_STATUSES = ['up-to-date', 'pending', 'error'];

export const DEVICE: JsonSchema = objectOf(
  {
    sid: DEVICE_SID,
    unique_name: orNull(UNIQUE_NAME),
    account_sid: ACCOUNT_SID,
    app: objectOf({
      target_sid: orNull({ ...APP_SID, description: 'the application that it is to run' }),
      target_hash: orNull(HASH),
      date_targeted: orNull(DATE),
      update_status: orNull({ type: 'string', enum: UPDATE_STATUSES }),
      update_error_code: orNull({
        type: 'integer',
        description: '1: its bytes did not come, 2: they were others, 3: the module cannot be a guest',
      }),
      reported_sid: orNull({ ...APP_SID, description: 'the application that it said it runs' }),
      date_reported: orNull(DATE),
    }),
    logging: objectOf({ enabled: BOOLEAN, date_expires: orNull(DATE) }),
    date_created: DATE,
    date_updated: DATE,
    url: URL_FIELD,
    links: objectOf({ device_configs: URL_FIELD, device_secrets: URL_FIELD, device_logs: URL_FIELD }),
  },
  { $id: 'Device' },
);

export const APP: JsonSchema = objectOf(
  {
    sid: APP_SID,
    account_sid: ACCOUNT_SID,
    hash: HASH,
    unique_name: orNull(UNIQUE_NAME),
    date_created: DATE,
    date_updated: DATE,
    url: URL_FIELD,
    links: objectOf({ manifest: URL_FIELD }),
  },
  { $id: 'App' },
);

export const MANIFEST: JsonSchema = objectOf(
  {
    app_sid: APP_SID,
    hash: HASH,
    encoded_bytes: {
      type: 'string',
      contentEncoding: 'base64',
      description: 'JSON: hash, size in bytes, politeness in seconds',
    },
    url: URL_FIELD,
  },
  { $id: 'AppManifest' },
);

export const LOG_LINE: JsonSchema = objectOf(
  {
    sequence: { ...COUNT, description: 'counts the lines of the device, from 1' },
    date: { type: 'string', format: 'date-time' },
    text: { type: 'string', description: 'what the application wrote' },
  },
  { $id: 'LogLine' },
);

export const LOG_PAGE: JsonSchema = objectOf({
  logs: { type: 'array', items: refTo(LOG_LINE) },
  meta: objectOf({
    key: { type: 'string' },
    url: URL_FIELD,
    next_url: { ...URL_FIELD, description: 'what comes after these lines, now or later' },
  }),
});

/** The answer to a list call: the list under its name, and its `meta`. */
export function listOf(key: string, item: JsonSchema): JsonSchema {
  return objectOf({ [key]: { type: 'array', items: refTo(item) }, meta: refTo(PAGE_META) });
}
