import type { FastifyRequest } from 'fastify';
import type { Engine } from '../../../cloud/store/engine/engine.js';
import { HttpService, type ServiceTraits } from '../../../http/http-service.js';
import type { Generation } from '../../generation.js';
import { type DojotPki, openDojotPki } from '../pki.js';
import { Users } from '../records/users.js';
import { Tokens } from '../tokens.js';
import { ejbcaRoutes } from './ejbca/ejbca-routes.js';
import { errorAnswer, errorBody } from './error-forms.js';
import { demandTokens } from './gateway.js';
import { identityRoutes } from './identity/identity-routes.js';
import { throwAwayRoutes } from './identity/throw-away-routes.js';
import { readJsonBodies } from './json-body.js';
import { logInRoute } from './log-in-route.js';
import type { PkiOptions, PkiServer } from './pki-options.js';

/** As dojot's services have it. */
const BODY_LIMIT = 100 * 1024;
/** Names that are too long must reach the route, whose answer says what is wrong with them. */
const MAX_PARAM_LENGTH = 1024;
const TOKEN_LIFETIME = 420_000;

/** See `startDojotPki`. */
export async function servePki(options: PkiOptions): Promise<PkiServer> {
  const { engine, generation, days, internalPort, tokenLifetime = TOKEN_LIFETIME, now = Date.now } = options;
  const opened: HttpService[] = [];
  const close = async () => {
    for (const service of opened.splice(0).reverse()) await service.close();
  };
  try {
    const pki = await openDojotPki(engine, { generation, days, now });
    const outer = new HttpService(options, traitsOf(generation, 'the PKI'));
    opened.push(outer);
    await outerRoutes(outer, pki, { engine, generation, tokenLifetime, now });
    const inner = internalPort === undefined ? undefined : internalService(options, internalPort, pki);
    if (inner) opened.push(inner);
    const port = await outer.listen();
    await inner?.listen();
    let closing: Promise<void> | undefined;
    return {
      url: outer.url,
      port,
      internalUrl: inner?.url,
      caName: pki.caName,
      reload: () => outer.reload(),
      close() {
        closing ??= close();
        return closing;
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Outer {
  engine: Engine;
  generation: Generation;
  tokenLifetime: number;
  now: () => number;
}

/** What the gateway lets through from anywhere: everybody shows a token. */
async function outerRoutes(service: HttpService, pki: DojotPki, outer: Outer): Promise<void> {
  const { engine, generation, tokenLifetime, now } = outer;
  const users = new Users(engine, now);
  const tokens = await Tokens.open(engine, users, tokenLifetime, now);
  const { app } = service;
  app.decorateRequest('pkiCaller', undefined);
  service.guardStrangers();
  demandTokens(app, tokens, generation);
  service.guardCallers();
  readJsonBodies(app);
  logInRoute(app, users, tokens, service.logIns);
  if (generation === 1) ejbcaRoutes(app, pki);
  else identityRoutes(app, pki, (request) => service.own.baseUrl(request, service.url));
}

/** What dojot's own services call, without a token: on loopback alone, whatever the other listener is for. */
function internalService(options: PkiOptions, port: number, pki: DojotPki): HttpService {
  const { limits, log, hostNames, generation } = options;
  const service = new HttpService({ port, limits, log, hostNames }, traitsOf(generation, 'the internal PKI'));
  const { app } = service;
  app.decorateRequest('pkiCaller', undefined);
  service.guardStrangers();
  service.guardCallers();
  readJsonBodies(app);
  if (generation === 1) ejbcaRoutes(app, pki);
  else throwAwayRoutes(app, pki);
  return service;
}

function traitsOf(generation: Generation, what: string): ServiceTraits {
  return {
    what,
    calls: 'docs/dojot-pki.md',
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    bodyLimit: BODY_LIMIT,
    maxParamLength: MAX_PARAM_LENGTH,
    // Nobody guesses a token; guesses of passwords are slowed where they come.
    slowsGuesses: false,
    hasLoggedIn: ({ pkiCaller }: FastifyRequest) => pkiCaller !== undefined,
    refusal: (status, message) => errorBody(generation, status, message),
    answerTo: (error, request) => errorAnswer(generation, error, request),
  };
}
