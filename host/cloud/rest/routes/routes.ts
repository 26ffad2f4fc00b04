import type { FastifyInstance } from 'fastify';
import { APP, CONFIG, DEVICE, LOG_LINE, MANIFEST, PAGE_META, PROBLEM, SECRET } from '../schema/resources.js';
import { appRoutes } from './app-routes.js';
import { deviceRoutes } from './device-routes.js';
import { logRoutes } from './log-routes.js';
import type { RouteContext } from './route-context.js';
import { valueRoutes } from './value-routes.js';

/** Every call that the OpenAPI document has. */
export function addRoutes(app: FastifyInstance, context: RouteContext): void {
  void app.register(async (calls) => {
    // Requests are read by what has words for what is wrong with them.
    calls.setValidatorCompiler(() => () => true);
    const schemas = [PROBLEM, PAGE_META, CONFIG, SECRET, DEVICE, APP, MANIFEST, LOG_LINE];
    for (const schema of schemas) calls.addSchema(schema);
    valueRoutes(calls, context);
    deviceRoutes(calls, context);
    logRoutes(calls, context);
    appRoutes(calls, context);
  });
}
