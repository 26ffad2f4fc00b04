import type { FastifyRequest } from 'fastify';
import type { ValueStore } from '../../store/values/value-store.js';

/** What a route has of the server: what the caller of a request may reach, and how to write addresses. */
export interface RouteContext {
  values: (request: FastifyRequest) => ValueStore;
  /** the address at which the client reached this server, without a slash at its end */
  baseUrl: (request: FastifyRequest) => string;
}
