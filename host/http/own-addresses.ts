import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';
import { RequestProblem } from './request-problem.js';
import { ServiceStartError } from './service-start-error.js';

/** `uri-host [ ":" port ]` of RFC 9110 7.2, without what no client sends. */
const HOST = /^(\[[\da-f:.]+\]|[\w.~-]+)(:\d{1,5})?$/i;

/**
 * Under which addresses this server may be asked, and how addresses in its answers begin.
 *
 * A web page of somebody else can make its own name stand for this address (DNS rebinding), and then send what its visitor may send.
 * Its name stays in the Host header, so names that are not known are refused. An IP address cannot be rebound.
 */
export class OwnAddresses {
  readonly #names: ReadonlySet<string>;
  readonly #public: string | undefined;
  /** the last one that was good: mostly it is the next one too */
  #checked: string | undefined;

  /** @throws ServiceStartError `options` */
  constructor({ publicUrl, hostNames = [] }: { publicUrl?: string; hostNames?: readonly string[] }) {
    const url = publicUrl === undefined ? undefined : publicAddress(publicUrl);
    this.#public = url?.origin;
    this.#names = new Set([...hostNames, ...(url ? [url.hostname] : [])].map((name) => name.toLowerCase()));
  }

  /** The first of the names that were given, if any. */
  get name(): string | undefined {
    return [...this.#names][0];
  }

  /** The address that was given for clients, without a slash at its end. */
  get publicUrl(): string | undefined {
    return this.#public;
  }

  /**
   * Refuses a request that is for somebody else. HTTP/1.0 has no Host header, and no browser speaks it.
   *
   * @throws RequestProblem 400 for a Host header that is missing, malformed or given twice (RFC 9112 3.2), 421 for another name
   */
  check(request: FastifyRequest): void {
    const { raw, host } = request;
    if (hasTwoHosts(raw.rawHeaders)) throw badHost();
    if (host === this.#checked) return;
    if (host === '' && raw.httpVersion === '1.0') return;
    const name = HOST.exec(host)?.[1].toLowerCase();
    if (name === undefined) throw badHost();
    if (isIP(name.replace(/^\[|\]$/g, '')) !== 0 || /^(.+\.)?localhost$/.test(name) || this.#names.has(name)) {
      this.#checked = host;
      return;
    }
    const advice = 'ask by its address, or start it with this name (--allow-host-name)';
    throw new RequestProblem(421, `the Host header is a name that this server does not go by; ${advice}`);
  }

  /** The address of this server as the client of a checked request knows it. */
  baseUrl(request: FastifyRequest, otherwise: string): string {
    return this.#public ?? (request.host === '' ? otherwise : originOf(request));
  }

  /** Whether an `Origin` header is that of a page from this server. */
  isOwn(origin: string, request: FastifyRequest): boolean {
    return origin === this.#public || origin === originOf(request);
  }
}

function hasTwoHosts(rawHeaders: readonly string[]): boolean {
  let hosts = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    if (rawHeaders[at].length === 4 && rawHeaders[at].toLowerCase() === 'host') hosts++;
  }
  return hosts > 1;
}

function badHost(): RequestProblem {
  return new RequestProblem(400, 'the Host header is missing, malformed or given twice; send one, host and port');
}

function originOf({ protocol, host }: FastifyRequest): string {
  return `${protocol === 'https' ? 'https' : 'http'}://${host.toLowerCase()}`;
}

function publicAddress(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol) && url.pathname === '/' && !url.search && !url.hash && !url.username)
    return url;
  const advice = 'give scheme and host, and a port if there is one: https://cloud.example.com';
  throw new ServiceStartError('options', `the public address ${JSON.stringify(text)} cannot be used; ${advice}`);
}

/**
 * A request-target in absolute form counts as its path, and its host as the Host header (RFC 9112 3.2.2). Changes the headers.
 *
 * @returns the target in origin form
 */
export function originForm({ url = '/', headers }: { url?: string; headers: { host?: string } }): string {
  const absolute = /^https?:\/\/([^/?#]*)(.*)$/is.exec(url);
  if (!absolute) return url;
  headers.host = absolute[1];
  return absolute[2].startsWith('/') ? absolute[2] : `/${absolute[2]}`;
}
