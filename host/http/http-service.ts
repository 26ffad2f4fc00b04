import type { AddressInfo } from 'node:net';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { isLoopback } from '../node/addresses.js';
import { listenFailure } from '../node/listen-failure.js';
import { AllowedMethods } from './allowed-methods.js';
import { ConnectionTable } from './connection-table.js';
import { makeHttpServer } from './http-server.js';
import { LogInGuard } from './log-ins/log-in-guard.js';
import { OwnAddresses, originForm } from './own-addresses.js';
import { proxyTest } from './proxies.js';
import { guardCallers, guardRequests } from './request-guard.js';
import { pathOf } from './request-path.js';
import { limitsOf, type ServiceOptions } from './service-options.js';
import { ServiceStartError } from './service-start-error.js';
import { TlsPair } from './tls-pair.js';

/** An answer of 400 or more. */
export interface ErrorAnswer {
  status: number;
  body: object;
  headers?: Readonly<Record<string, string>>;
  /** a fault that the log is to have, in words that hold no value */
  fault?: string;
}

/** What is a service's own, beside its routes. */
export interface ServiceTraits {
  /** the service as the subject of messages: `the REST API` */
  what: string;
  /** where whoever asked for a path that there is not finds those that there are */
  calls: string;
  /** methods that some path takes */
  methods: readonly string[];
  /** bytes of a body at most */
  bodyLimit: number;
  /** characters of a part of an address at most */
  maxParamLength: number;
  /** whether what is in the header Authorization can be guessed, so that guesses are to be slowed */
  slowsGuesses: boolean;
  /** whether somebody has shown credentials in this request that were right */
  hasLoggedIn(request: FastifyRequest): boolean;
  /** the body of what is refused before there is a route: with this status, and these words if there are better ones than for the status */
  refusal(status: number, message?: string): object;
  /** the answer to anything that was thrown while a request was handled */
  answerTo(error: unknown, request: FastifyRequest): ErrorAnswer;
}

/**
 * A server for HTTP calls: what stands between the network and routes, put around a Fastify application in this order: hooks of strangers
 * ({@link guardStrangers}), whatever looks at credentials, hooks of callers ({@link guardCallers}), routes.
 */
export class HttpService {
  readonly app: FastifyInstance;
  readonly own: OwnAddresses;
  readonly table: ConnectionTable;
  readonly logIns: LogInGuard;
  readonly #options: ServiceOptions;
  readonly #traits: ServiceTraits;
  readonly #limits: ReturnType<typeof limitsOf>;
  readonly #tls: TlsPair | undefined;
  #url = '';

  /** @throws ServiceStartError `options`, `tls` */
  constructor(options: ServiceOptions, traits: ServiceTraits) {
    checkReach(options);
    const { trustedProxies = [], log = () => {} } = options;
    const limits = limitsOf(options.limits);
    const isProxy = proxyTest(trustedProxies);
    this.own = new OwnAddresses(options);
    this.table = new ConnectionTable(limits, isProxy);
    this.logIns = new LogInGuard({ burst: limits.logInBurst, rate: limits.logInRate });
    this.#options = options;
    this.#traits = traits;
    this.#limits = limits;
    this.#tls = options.tls && new TlsPair(options.tls, (line) => log(line, 'server'));
    this.app = Fastify({
      bodyLimit: traits.bodyLimit,
      routerOptions: { maxParamLength: traits.maxParamLength },
      trustProxy: isProxy,
      return503OnClosing: false,
      serverFactory: (listener) => makeHttpServer(listener, limits, this.table, traits, this.#tls),
      // The server does that itself.
      clientErrorHandler: () => {},
      rewriteUrl: originForm,
      frameworkErrors: (error, request, reply) => this.#refuseAddress(error.code, request, reply as FastifyReply),
    });
    this.#answerErrors();
  }

  /** Base address for clients; empty until it listens. */
  get url(): string {
    return this.#url;
  }

  /** Hooks before credentials are looked at. */
  guardStrangers(): void {
    guardRequests(this.app, this.#guarded());
  }

  /** Hooks after credentials were looked at. */
  guardCallers(): void {
    guardCallers(this.app, this.#guarded());
  }

  /** @returns the port. Rejects with ServiceStartError */
  async listen(): Promise<number> {
    const { host = '127.0.0.1', port = 0 } = this.#options;
    try {
      await this.app.listen({ host, port });
    } catch (error) {
      const { code, message } = listenFailure(error, this.#traits.what, host, port);
      throw new ServiceStartError(code, message, { cause: error });
    }
    this.#url = this.#urlOf(this.app.server.address() as AddressInfo);
    return (this.app.server.address() as AddressInfo).port;
  }

  /** The files of TLS may have been replaced. */
  reload(): void {
    this.#tls?.reload();
  }

  /** Ends within `closeTimeout` whatever is open. */
  async close(): Promise<void> {
    this.table.close(this.#limits.closeTimeout);
    await this.app.close();
    this.#tls?.close();
  }

  #guarded() {
    const { corsOrigins = [] } = this.#options;
    const { own, table, logIns } = this;
    return { own, table, logIns, limits: this.#limits, traits: this.#traits, corsOrigins };
  }

  /** The address for clients: the one that was given, else that of the socket, by a name that was given if it stands for all addresses. */
  #urlOf({ address, family, port }: AddressInfo): string {
    if (this.own.publicUrl !== undefined) return this.own.publicUrl;
    const isAny = address === '0.0.0.0' || address === '::';
    const shown = isAny ? (this.own.name ?? '127.0.0.1') : family === 'IPv6' ? `[${address}]` : address;
    return `${this.#tls ? 'https' : 'http'}://${shown}:${port}`;
  }

  #refuseAddress(code: string, request: { method: string; url: string }, reply: FastifyReply): void {
    const [status, message] =
      code === 'FST_ERR_BAD_URL' ? [400, 'the address is not percent-encoded UTF-8; encode the key in it'] : [414];
    this.#options.log?.(`${request.method} ${pathOf(request)} ${status}`, 'request');
    reply.code(status).send(this.#traits.refusal(status, message));
  }

  #answerErrors(): void {
    const { answerTo, calls } = this.#traits;
    const allowed = new AllowedMethods(this.app, calls);
    this.app.setNotFoundHandler((request) => {
      throw allowed.problemOf(request.method, pathOf(request));
    });
    this.app.setErrorHandler((error, request: FastifyRequest, reply: FastifyReply) => {
      const { status, body, headers = {}, fault } = answerTo(error, request);
      if (fault !== undefined) this.#options.log?.(`${request.method} ${pathOf(request)} failed: ${fault}`, 'server');
      return reply.code(status).headers(headers).send(body);
    });
  }
}

/** @throws ServiceStartError `options` for an address that other machines reach, without TLS, that was not asked for */
function checkReach({ host = '127.0.0.1', tls, beyondLoopback = false }: ServiceOptions): void {
  if (isLoopback(host) || tls || beyondLoopback) return;
  const advice = 'give it a certificate (--tls-cert, --tls-key), or say that it shall be so (--beyond-loopback)';
  const message = `${host} is not loopback: without TLS, others on the network could read tokens and values; ${advice}`;
  throw new ServiceStartError('options', message);
}
