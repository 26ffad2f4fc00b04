/** Attempts to connect that failed and connections that ended: what the log says of them, and when to try again. */
import { ReasonCode } from '../../build/abi/assembly';
import { MvStatus, mvGetMicroseconds } from '../../build/abi/microvisor-assembly';
import { options } from './app-options';
import * as backoff from './backoff';
import * as log from './log';
import { callBuffer } from './memory-map';
import { ascii, decimal } from './text-writer';

let drops: i32 = 0;

/** The broker has accepted the connection. */
export function connected(): void {
  backoff.connected(milliseconds());
}

/** Called while the connection stands: a storm is over when a connection lasts. */
export function check(): void {
  if (backoff.endsStorm(milliseconds(), options().stable)) log.log('the connection is stable again');
}

/** An attempt has failed. Returns the milliseconds until the next one. */
export function failed(reason: string, value: i32): i32 {
  const delay = count(reason, value);
  report(reason, value, delay);
  return delay;
}

/** A connection or channel is gone; `code` is that of the broker's DISCONNECT, or -1. Returns the milliseconds until the next attempt. */
export function dropped(reason: string, code: i32): i32 {
  drops++;
  const delay = count(reason, code);
  if (backoff.telling() == backoff.NEWS) {
    if (code >= 0) log.logNumber('disconnected, code ', code);
    log.log(reason);
  }
  report('connection lost, time ', drops, delay);
  return delay;
}

function count(reason: string, code: i32): i32 {
  const now = milliseconds();
  const noise = load<u32>(callBuffer);
  const isTakenOver = code == ReasonCode.SESSION_TAKEN_OVER;
  return backoff.withJitter(backoff.failed(now, options().stable, isTakenOver, changetype<usize>(reason), code), noise);
}

/** One line about a failure, and of a storm of the same one more. */
function report(reason: string, value: i32, delay: i32): void {
  const telling = backoff.telling();
  if (telling == backoff.SILENCE) return;
  log.line();
  ascii(reason);
  decimal(value);
  ascii('; next attempt in ');
  decimal(delay);
  ascii(' ms');
  if (telling == backoff.STORM) ascii(' and more each time; not logged again until a connection lasts');
  log.send();
}

/** Milliseconds of the monotonic clock; leaves microseconds in the call buffer. */
function milliseconds(): i64 {
  if (mvGetMicroseconds(callBuffer) != MvStatus.OKAY) store<u64>(callBuffer, 0);
  return <i64>(load<u64>(callBuffer) / 1000);
}
