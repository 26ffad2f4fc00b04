/** What the application reads from the config and secret stores, under the keys of the documents. */
import {
  APP_LIMIT_CLIENT_ID,
  APP_LIMIT_HOST,
  APP_LIMIT_PASSWORD,
  APP_LIMIT_USER_NAME,
  APP_OPTIONS_CERTIFICATE_USE,
  APP_OPTIONS_CLIENT_ID_USE,
  APP_OPTIONS_PASSWORD_USE,
  APP_OPTIONS_ROOT_CA_USE,
  APP_OPTIONS_SCOPE,
  APP_USE_AUTO,
  APP_USE_OFF,
  APP_USE_REQUIRED,
  CREDENTIAL_ERROR_OFFSET,
  CREDENTIAL_LENGTH,
  CREDENTIAL_SIZE,
  RESULT_APP_PORT_INVALID,
  RESULT_APP_VALUE_EMPTY,
  RESULT_APP_VALUE_TOO_LONG,
} from '../../build/abi/assembly';
import {
  MV_CONFIG_KEY_FETCH_PARAMS_KEYS_TO_FETCH,
  MV_CONFIG_KEY_FETCH_PARAMS_NUM_ITEMS,
  MV_CONFIG_KEY_FETCH_PARAMS_SIZE,
  MV_CONFIG_KEY_TO_FETCH_KEY_DATA,
  MV_CONFIG_KEY_TO_FETCH_KEY_LENGTH,
  MV_CONFIG_KEY_TO_FETCH_SCOPE,
  MV_CONFIG_KEY_TO_FETCH_SIZE,
  MV_CONFIG_KEY_TO_FETCH_STORE,
  MV_CONFIG_RESPONSE_DATA_RESULT,
  MV_CONFIG_RESPONSE_READ_ITEM_PARAMS_BUF_DATA,
  MV_CONFIG_RESPONSE_READ_ITEM_PARAMS_BUF_LENGTH,
  MV_CONFIG_RESPONSE_READ_ITEM_PARAMS_BUF_SIZE,
  MV_CONFIG_RESPONSE_READ_ITEM_PARAMS_ITEM_INDEX,
  MV_CONFIG_RESPONSE_READ_ITEM_PARAMS_RESULT,
  MV_CONFIG_RESPONSE_READ_ITEM_PARAMS_SIZE,
  MV_CONFIGFETCHRESULT_OK,
  MV_CONFIGKEYFETCHRESULT_KEYNOTFOUND,
  MV_CONFIGKEYFETCHRESULT_OK,
  MV_CONFIGKEYFETCHSTORE_CONFIG,
  MV_CONFIGKEYFETCHSTORE_SECRET,
  MV_STATUS_OKAY,
  mvReadConfigFetchResponseData,
  mvReadConfigResponseItem,
  mvSendConfigFetchRequest,
} from '../../build/abi/microvisor-assembly';
import { resultText } from '../../build/abi/result-text';
import { option } from './app-options';
import { handle } from './channel';
import { readCertificates, readKey } from './credentials';
import * as log from './log';
import {
  callBuffer,
  certificateBuffer,
  clientIdBuffer,
  deviceIdBuffer,
  hostBuffer,
  keyBuffer,
  passwordBuffer,
  rootCaBuffer,
  TEXT_SIZE,
  textBuffer,
  userNameBuffer,
} from './memory-map';
import { ascii, decimal, parseDecimal } from './text-writer';

const HOST: i32 = 0;
const PORT: i32 = 1;
const CLIENT_ID: i32 = 2;
const ROOT_CA: i32 = 3;
const CERTIFICATE: i32 = 4;
const PRIVATE_KEY: i32 = 5;
const USER_NAME: i32 = 6;
const PASSWORD: i32 = 7;
const ITEM_COUNT: i32 = 8;

/** Outcome of reading the configuration. */
export const CONFIGURATION_OK: i32 = 0;
/** The stores could not be read now: try again. */
export const CONFIGURATION_UNAVAILABLE: i32 = 1;
/** What the stores hold cannot be used; it was logged. */
export const CONFIGURATION_WRONG: i32 = 2;

export let port: i32 = 0;
export let hostLength: u32 = 0;
export let clientIdLength: u32 = 0;
export let userNameLength: u32 = 0;
export let passwordLength: u32 = 0;
/** Records Credential. */
export const rootCa: usize = memory.data(<i32>CREDENTIAL_SIZE, 4);
export const certificate: usize = memory.data(<i32>CREDENTIAL_SIZE, 4);
export const privateKey: usize = memory.data(<i32>CREDENTIAL_SIZE, 4);

function keyName(item: i32): string {
  switch (item) {
    case HOST:
      return 'broker-host';
    case PORT:
      return 'broker-port';
    case CLIENT_ID:
      return 'client-id';
    case ROOT_CA:
      return 'root-CA';
    case CERTIFICATE:
      return 'cert';
    case PRIVATE_KEY:
      return 'private_key';
    case USER_NAME:
      return 'username';
    default:
      return 'password';
  }
}

function isSecret(item: i32): bool {
  return item == PRIVATE_KEY || item == PASSWORD;
}

/** The AppUse of an item: host and port are always required. */
function useOf(item: i32): u32 {
  if (item <= PORT) return APP_USE_REQUIRED;
  if (item == CLIENT_ID) return option(APP_OPTIONS_CLIENT_ID_USE);
  if (item == ROOT_CA) return option(APP_OPTIONS_ROOT_CA_USE);
  return option(item <= PRIVATE_KEY ? APP_OPTIONS_CERTIFICATE_USE : APP_OPTIONS_PASSWORD_USE);
}

/** Asks for all items on the open channel; gives the MvStatus. */
export function request(): i32 {
  const keys = callBuffer + MV_CONFIG_KEY_FETCH_PARAMS_SIZE;
  let names = keys + <usize>ITEM_COUNT * MV_CONFIG_KEY_TO_FETCH_SIZE;
  for (let item = 0; item < ITEM_COUNT; item++) {
    const entry = keys + <usize>item * MV_CONFIG_KEY_TO_FETCH_SIZE;
    const name = keyName(item);
    for (let i = 0; i < name.length; i++) store<u8>(names + i, load<u16>(changetype<usize>(name) + ((<usize>i) << 1)));
    store<u32>(entry, option(APP_OPTIONS_SCOPE), MV_CONFIG_KEY_TO_FETCH_SCOPE);
    const from = isSecret(item) ? MV_CONFIGKEYFETCHSTORE_SECRET : MV_CONFIGKEYFETCHSTORE_CONFIG;
    store<u32>(entry, from, MV_CONFIG_KEY_TO_FETCH_STORE);
    store<u32>(entry, names, MV_CONFIG_KEY_TO_FETCH_KEY_DATA);
    store<u32>(entry, name.length, MV_CONFIG_KEY_TO_FETCH_KEY_LENGTH);
    names += name.length;
  }
  store<u32>(callBuffer, ITEM_COUNT, MV_CONFIG_KEY_FETCH_PARAMS_NUM_ITEMS);
  store<u32>(callBuffer, keys, MV_CONFIG_KEY_FETCH_PARAMS_KEYS_TO_FETCH);
  return mvSendConfigFetchRequest(handle(), callBuffer);
}

/** Reads the answer, checks every item; `now` in Unix seconds, 0 when unknown. Gives an outcome. */
export function read(now: i64): i32 {
  if (mvReadConfigFetchResponseData(handle(), callBuffer) != MV_STATUS_OKAY) return CONFIGURATION_UNAVAILABLE;
  if (load<u32>(callBuffer, MV_CONFIG_RESPONSE_DATA_RESULT) != MV_CONFIGFETCHRESULT_OK) {
    log.log('error: configuration: the values together are larger than the receive buffer; use shorter certificates');
    return CONFIGURATION_WRONG;
  }
  forget();
  for (let item = 0; item < ITEM_COUNT; item++) {
    const outcome = readItem(item, now);
    if (outcome != CONFIGURATION_OK) return outcome;
  }
  if (!pairIsWhole(load<u32>(certificate, CREDENTIAL_LENGTH), load<u32>(privateKey, CREDENTIAL_LENGTH), CERTIFICATE)) {
    return CONFIGURATION_WRONG;
  }
  return pairIsWhole(userNameLength, passwordLength, USER_NAME) ? CONFIGURATION_OK : CONFIGURATION_WRONG;
}

/** Secrets leave memory before new ones come, and when they are not to be used. */
function forget(): void {
  memory.fill(hostBuffer, 0, deviceIdBuffer - hostBuffer);
  memory.fill(rootCa, 0, CREDENTIAL_SIZE);
  memory.fill(certificate, 0, CREDENTIAL_SIZE);
  memory.fill(privateKey, 0, CREDENTIAL_SIZE);
  port = 0;
  hostLength = 0;
  clientIdLength = 0;
  userNameLength = 0;
  passwordLength = 0;
}

/** A certificate goes with its key, a user name with its password: `item` is the first of the two. */
function pairIsWhole(first: u32, second: u32, item: i32): bool {
  if ((first == 0) == (second == 0)) return true;
  missing(first == 0 ? item : item + 1);
  return false;
}

function missing(item: i32): void {
  log.line();
  ascii('error: ');
  ascii(keyName(item));
  ascii(': not found in the ');
  ascii(isSecret(item) ? 'secret' : 'config');
  ascii(option(APP_OPTIONS_SCOPE) == 0 ? ' store of the account' : ' store of the device');
  ascii('; store it there');
  log.send();
}

function wrong(item: i32, result: i32, offset: u32): i32 {
  log.line();
  ascii('error: ');
  ascii(keyName(item));
  ascii(': ');
  ascii(resultText(result));
  ascii(result <= -300 && result > -400 ? ' (byte ' : ' (character ');
  decimal(offset);
  ascii(')');
  log.send();
  memory.fill(textBuffer, 0, TEXT_SIZE);
  return CONFIGURATION_WRONG;
}

function readItem(item: i32, now: i64): i32 {
  const use = useOf(item);
  if (use == APP_USE_OFF) return CONFIGURATION_OK;
  const params = callBuffer;
  const result = params + MV_CONFIG_RESPONSE_READ_ITEM_PARAMS_SIZE;
  const length = result + 4;
  store<u32>(params, item, MV_CONFIG_RESPONSE_READ_ITEM_PARAMS_ITEM_INDEX);
  store<u32>(params, result, MV_CONFIG_RESPONSE_READ_ITEM_PARAMS_RESULT);
  store<u32>(params, textBuffer, MV_CONFIG_RESPONSE_READ_ITEM_PARAMS_BUF_DATA);
  store<u32>(params, TEXT_SIZE, MV_CONFIG_RESPONSE_READ_ITEM_PARAMS_BUF_SIZE);
  store<u32>(params, length, MV_CONFIG_RESPONSE_READ_ITEM_PARAMS_BUF_LENGTH);
  if (mvReadConfigResponseItem(handle(), params) != MV_STATUS_OKAY) return CONFIGURATION_UNAVAILABLE;
  const found = load<u32>(result);
  if (found == MV_CONFIGKEYFETCHRESULT_KEYNOTFOUND) {
    if (use == APP_USE_AUTO) return CONFIGURATION_OK;
    missing(item);
    return CONFIGURATION_WRONG;
  }
  if (found != MV_CONFIGKEYFETCHRESULT_OK) return CONFIGURATION_UNAVAILABLE;
  return takeItem(item, load<u32>(length), now);
}

function takeItem(item: i32, length: u32, now: i64): i32 {
  let result = 0;
  let record: usize = 0;
  if (length == 0) return wrong(item, RESULT_APP_VALUE_EMPTY, 0);
  switch (item) {
    case HOST:
      hostLength = keep(hostBuffer, APP_LIMIT_HOST, length);
      result = hostLength == 0 ? RESULT_APP_VALUE_TOO_LONG : 0;
      break;
    case PORT:
      port = parseDecimal(textBuffer, length);
      result = port < 1 || port > 65535 ? RESULT_APP_PORT_INVALID : 0;
      break;
    case CLIENT_ID:
      clientIdLength = keep(clientIdBuffer, APP_LIMIT_CLIENT_ID, length);
      result = clientIdLength == 0 ? RESULT_APP_VALUE_TOO_LONG : 0;
      break;
    case ROOT_CA:
      record = rootCa;
      result = readCertificates(textBuffer, length, rootCaBuffer, now, rootCa);
      break;
    case CERTIFICATE:
      record = certificate;
      result = readCertificates(textBuffer, length, certificateBuffer, now, certificate);
      break;
    case PRIVATE_KEY:
      record = privateKey;
      result = readKey(textBuffer, length, keyBuffer, privateKey);
      break;
    case USER_NAME:
      userNameLength = keep(userNameBuffer, APP_LIMIT_USER_NAME, length);
      result = userNameLength == 0 ? RESULT_APP_VALUE_TOO_LONG : 0;
      break;
    default:
      passwordLength = keep(passwordBuffer, APP_LIMIT_PASSWORD, length);
      result = passwordLength == 0 ? RESULT_APP_VALUE_TOO_LONG : 0;
  }
  if (result < 0) return wrong(item, result, record == 0 ? 0 : load<u32>(record, CREDENTIAL_ERROR_OFFSET));
  if (isSecret(item)) memory.fill(textBuffer, 0, TEXT_SIZE);
  return CONFIGURATION_OK;
}

/** Copies the text that was read; gives its length, 0 when it does not fit. */
function keep(buffer: usize, limit: u32, length: u32): u32 {
  if (length > limit) return 0;
  memory.copy(buffer, textBuffer, length);
  return length;
}
