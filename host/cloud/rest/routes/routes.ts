import type { FastifyInstance } from 'fastify';
import { CONFIG, PAGE_META, PROBLEM, SECRET } from '../schema/resources.js';
import type { RouteContext } from './route-context.js';
import { valueRoutes } from './value-routes.js';

/** Every call that the OpenAPI document has. */
export function addRoutes(app: FastifyInstance, context: RouteContext): void {
  // Requests are read by what has words for what is wrong with them.
  app.setValidatorCompiler(() => () => true);
  for (const schema of [PROBLEM, PAGE_META, CONFIG, SECRET]) app.addSchema(schema);
  valueRoutes(app, context);
}
