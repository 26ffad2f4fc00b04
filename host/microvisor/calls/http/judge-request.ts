import { MvHttpResult } from '../../../../build/abi/microvisor.js';
import type { HttpClientRequest } from '../../transport/http-client.js';

/** A request as the application gives it: ASCII or not, nothing of it was looked at. */
export interface HttpRequestText {
  method: string;
  url: string;
  /** Whole lines, `Name: value`. */
  headers: string[];
  body: Uint8Array;
  /** Milliseconds. */
  timeout: number;
}

export interface HttpRules {
  /** Milliseconds. */
  timeout: { least: number; most: number };
  /** Whether `http` is served, to hosts that are this machine. */
  plainHttp: boolean;
}

type Judged =
  | { result: typeof MvHttpResult.OK; request: Omit<HttpClientRequest, 'maximumBytes'> }
  | { result: Exclude<MvHttpResult, typeof MvHttpResult.OK>; detail: string };

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'];
/** A token, a colon, printable ASCII (RFC 9110 sections 5.1 and 5.5). */
const HEADER = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*([\x20-\x7e]*?)[ \t]*$/;
/** Headers that belong to the connection, which is not the application's (RFC 9110 section 7.6.1). */
const OF_THE_CONNECTION = ['connection', 'expect', 'keep-alive', 'te', 'trailer', 'transfer-encoding', 'upgrade'];
const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/** Whether a request can be made; otherwise the MvHttpResult that answers it, and why, in one clause for people. */
export function judgeRequest(text: HttpRequestText, rules: HttpRules): Judged {
  const { method, body, timeout } = text;
  const url = urlOf(text.url, rules.plainHttp);
  if (typeof url === 'string') return { result: MvHttpResult.UNSUPPORTEDURISCHEME, detail: url };
  if (!METHODS.includes(method)) {
    return { result: MvHttpResult.UNSUPPORTEDMETHOD, detail: `the method is not one of ${METHODS.join(', ')}` };
  }
  const headers: [string, string][] = [];
  for (const [index, line] of text.headers.entries()) {
    const [, name, value] = HEADER.exec(line) ?? [];
    const wrong = name === undefined ? 'is not "Name: value" in printable ASCII' : problem(name, value, url, body);
    if (wrong) return { result: MvHttpResult.INVALIDHEADERS, detail: `header ${index + 1} ${wrong}` };
    headers.push([name, value]);
  }
  const { least, most } = rules.timeout;
  if (timeout < least || timeout > most) {
    const detail = `the timeout of ${timeout} ms is not from ${least} to ${most}`;
    return { result: MvHttpResult.INVALIDTIMEOUT, detail };
  }
  return { result: MvHttpResult.OK, request: { method, url, headers, body } };
}

/** The URL, or what is wrong with it. */
function urlOf(text: string, plainHttp: boolean): URL | string {
  // Unlike a browser, the cloud guesses nothing: blanks and line ends are not URL.
  const url = /^[\x21-\x7e]+$/.test(text) && URL.canParse(text) ? new URL(text) : undefined;
  if (!url?.hostname || url.username || url.password) return 'the URL is not one that can be asked';
  if (url.protocol === 'https:') return url;
  if (url.protocol !== 'http:') return `the scheme of the URL is ${url.protocol.slice(0, -1)}, and not https`;
  if (!LOOPBACK.includes(url.hostname)) return 'the scheme of the URL is http, and the host is not this machine';
  return plainHttp ? url : 'the scheme of the URL is http, which is not allowed';
}

/** The host that is asked is the one that was allowed, and a length is the length. */
function problem(name: string, value: string, url: URL, body: Uint8Array): string | undefined {
  const lower = name.toLowerCase();
  if (OF_THE_CONNECTION.includes(lower) || lower.startsWith('proxy-')) return `(${name}) belongs to the connection`;
  if (lower === 'host' && value.toLowerCase() !== url.host) return 'names another host than the URL';
  if (lower === 'content-length' && value !== String(body.length)) return 'is not the length of the body';
  return undefined;
}
