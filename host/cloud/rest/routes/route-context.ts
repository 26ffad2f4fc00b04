import type { FastifyRequest } from 'fastify';
import type { AccountViews } from '../../store/store.js';

/** What a route has of the server. */
export interface RouteContext {
  /** what the caller of a request may reach */
  viewsOf: (request: FastifyRequest) => AccountViews;
  /** the address at which the client reached this server, without a slash at its end */
  baseUrl: (request: FastifyRequest) => string;
}
