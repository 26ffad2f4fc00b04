/** What the application reads from the config and secret stores of Microvisor. */
import { AppLimit, AppUse, Credential, Result } from '../../build/abi/assembly';
import {
  MvConfigFetchResult,
  MvConfigKeyFetchParams,
  MvConfigKeyFetchResult,
  MvConfigKeyFetchScope,
  MvConfigKeyFetchStore,
  MvConfigKeyToFetch,
  MvConfigResponseData,
  MvConfigResponseReadItemParams,
  MvStatus,
  mvReadConfigFetchResponseData,
  mvReadConfigResponseItem,
  mvSendConfigFetchRequest,
} from '../../build/abi/microvisor-assembly';
import { resultText } from '../../build/abi/result-text';
import { options } from './app-options';
import { handle } from './channel';
import { readCertificates, readKey, readRoots, refusal, refusalCount } from './credentials';
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
import { parseDecimal } from './parse-decimal';
import { ascii, decimal } from './text-writer';

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
/** What the stores hold cannot be used; the reason was logged. */
export const CONFIGURATION_WRONG: i32 = 2;

export let port: i32 = 0;
export let hostLength: u32 = 0;
export let clientIdLength: u32 = 0;
export let userNameLength: u32 = 0;
export let passwordLength: u32 = 0;
export const rootCa = changetype<Credential>(memory.data(<i32>Credential.SIZE, 4));
export const certificate = changetype<Credential>(memory.data(<i32>Credential.SIZE, 4));
export const privateKey = changetype<Credential>(memory.data(<i32>Credential.SIZE, 4));

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

/** The AppUse of an item. Host and port are always required. */
function useOf(item: i32): u32 {
  if (item <= PORT) return AppUse.REQUIRED;
  const use = options();
  if (item == CLIENT_ID) return use.clientIdUse;
  if (item == ROOT_CA) return use.rootCaUse;
  return item <= PRIVATE_KEY ? use.certificateUse : use.passwordUse;
}

/** Asks for all items on the open channel and returns the MvStatus. */
export function request(): i32 {
  const keys = callBuffer + MvConfigKeyFetchParams.SIZE;
  let names = keys + <usize>ITEM_COUNT * MvConfigKeyToFetch.SIZE;
  for (let item = 0; item < ITEM_COUNT; item++) {
    const entry = changetype<MvConfigKeyToFetch>(keys + <usize>item * MvConfigKeyToFetch.SIZE);
    const name = keyName(item);
    for (let i = 0; i < name.length; i++) store<u8>(names + i, load<u16>(changetype<usize>(name) + ((<usize>i) << 1)));
    entry.scope = options().scope;
    entry.store = isSecret(item) ? MvConfigKeyFetchStore.SECRET : MvConfigKeyFetchStore.CONFIG;
    entry.keyData = names;
    entry.keyLength = name.length;
    names += name.length;
  }
  const params = changetype<MvConfigKeyFetchParams>(callBuffer);
  params.numItems = ITEM_COUNT;
  params.keysToFetch = keys;
  return mvSendConfigFetchRequest(handle(), callBuffer);
}

/** Reads the answer and checks every item; `now` is in Unix seconds, 0 when unknown. Returns an outcome. */
export function read(now: i64): i32 {
  if (mvReadConfigFetchResponseData(handle(), callBuffer) != MvStatus.OKAY) return CONFIGURATION_UNAVAILABLE;
  if (changetype<MvConfigResponseData>(callBuffer).result != MvConfigFetchResult.OK) {
    log.log('error: configuration: the values together are larger than the receive buffer; use shorter certificates');
    return CONFIGURATION_WRONG;
  }
  forget();
  for (let item = 0; item < ITEM_COUNT; item++) {
    const outcome = readItem(item, now);
    if (outcome != CONFIGURATION_OK) return outcome;
  }
  if (!pairIsWhole(certificate.length, privateKey.length, CERTIFICATE)) return CONFIGURATION_WRONG;
  return pairIsWhole(userNameLength, passwordLength, USER_NAME) ? CONFIGURATION_OK : CONFIGURATION_WRONG;
}

/** Wipes the old values, so that no secret stays in memory longer than it is used. */
function forget(): void {
  memory.fill(hostBuffer, 0, deviceIdBuffer - hostBuffer);
  memory.fill(changetype<usize>(rootCa), 0, Credential.SIZE);
  memory.fill(changetype<usize>(certificate), 0, Credential.SIZE);
  memory.fill(changetype<usize>(privateKey), 0, Credential.SIZE);
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
  ascii(options().scope == MvConfigKeyFetchScope.ACCOUNT ? ' store of the account' : ' store of the device');
  ascii('; store it there');
  log.send();
}

/** Logs what is wrong with an item, and where: at a byte of its DER once there is DER, else at a character of its text. */
function complain(severity: string, item: i32, result: i32, isDer: bool, offset: u32): void {
  log.line();
  ascii(severity);
  ascii(keyName(item));
  ascii(': ');
  ascii(resultText(result));
  ascii(isDer ? ' (byte ' : ' (character ');
  decimal(offset);
  ascii(')');
  log.send();
}

function wrong(item: i32, result: i32, isDer: bool, offset: u32): i32 {
  complain('error: ', item, result, isDer, offset);
  memory.fill(textBuffer, 0, TEXT_SIZE);
  return CONFIGURATION_WRONG;
}

/** The device goes on with the other roots. */
function warnOfRoots(): void {
  for (let i = 0; i < refusalCount; i++) {
    const refused = refusal(i);
    complain('warning: ', ROOT_CA, refused.code, true, refused.offset);
  }
}

function readItem(item: i32, now: i64): i32 {
  const use = useOf(item);
  if (use == AppUse.OFF) return CONFIGURATION_OK;
  const params = changetype<MvConfigResponseReadItemParams>(callBuffer);
  const result = callBuffer + MvConfigResponseReadItemParams.SIZE;
  const length = result + 4;
  params.itemIndex = item;
  params.result = result;
  params.bufData = textBuffer;
  params.bufSize = TEXT_SIZE;
  params.bufLength = length;
  if (mvReadConfigResponseItem(handle(), callBuffer) != MvStatus.OKAY) return CONFIGURATION_UNAVAILABLE;
  const found = load<u32>(result);
  if (found == MvConfigKeyFetchResult.KEYNOTFOUND) {
    if (use == AppUse.AUTO) return CONFIGURATION_OK;
    missing(item);
    return CONFIGURATION_WRONG;
  }
  if (found != MvConfigKeyFetchResult.OK) return CONFIGURATION_UNAVAILABLE;
  return takeItem(item, load<u32>(length), now);
}

function takeItem(item: i32, length: u32, now: i64): i32 {
  let result = 0;
  let credential = changetype<Credential>(0);
  if (length == 0) return wrong(item, Result.APP_VALUE_EMPTY, false, 0);
  switch (item) {
    case HOST:
      hostLength = keep(hostBuffer, AppLimit.HOST, length);
      result = hostLength == 0 ? Result.APP_VALUE_TOO_LONG : 0;
      break;
    case PORT:
      port = parseDecimal(textBuffer, length);
      result = port < 1 || port > 65535 ? Result.APP_PORT_INVALID : 0;
      break;
    case CLIENT_ID:
      clientIdLength = keep(clientIdBuffer, AppLimit.CLIENT_ID, length);
      result = clientIdLength == 0 ? Result.APP_VALUE_TOO_LONG : 0;
      break;
    case ROOT_CA:
      credential = rootCa;
      result = readRoots(textBuffer, length, rootCaBuffer, now, rootCa);
      break;
    case CERTIFICATE:
      credential = certificate;
      result = readCertificates(textBuffer, length, certificateBuffer, now, certificate);
      break;
    case PRIVATE_KEY:
      credential = privateKey;
      result = readKey(textBuffer, length, keyBuffer, privateKey);
      break;
    case USER_NAME:
      userNameLength = keep(userNameBuffer, AppLimit.USER_NAME, length);
      result = userNameLength == 0 ? Result.APP_VALUE_TOO_LONG : 0;
      break;
    default:
      passwordLength = keep(passwordBuffer, AppLimit.PASSWORD, length);
      result = passwordLength == 0 ? Result.APP_VALUE_TOO_LONG : 0;
  }
  if (result < 0) {
    const isCredential = changetype<usize>(credential) != 0;
    return wrong(item, result, isCredential && credential.length > 0, isCredential ? credential.errorOffset : 0);
  }
  if (item == ROOT_CA) warnOfRoots();
  if (isSecret(item)) memory.fill(textBuffer, 0, TEXT_SIZE);
  return CONFIGURATION_OK;
}

/** Copies the text that was read and returns its length, 0 when it does not fit. */
function keep(buffer: usize, limit: u32, length: u32): u32 {
  if (length > limit) return 0;
  memory.copy(buffer, textBuffer, length);
  return length;
}
