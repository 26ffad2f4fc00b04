import type { FastifyInstance } from 'fastify';
import { RequestProblem } from './request-problem.js';

/** Knows which methods each path has, so that 405 can be told from 404 (RFC 9110 15.5.6). Make one before the routes. */
export class AllowedMethods {
  readonly #routes = new Map<string, { path: RegExp; methods: Set<string> }>();

  readonly #calls: string;

  /** @param calls where the paths are that there are, in words */
  constructor(app: FastifyInstance, calls: string) {
    this.#calls = calls;
    app.addHook('onRoute', ({ url, method }) => {
      const route = this.#routes.get(url) ?? { path: pathPattern(url), methods: new Set() };
      this.#routes.set(url, route);
      for (const name of [method].flat()) route.methods.add(name);
    });
  }

  /** What to say of a request that no route takes. @param path without a query */
  problemOf(method: string, path: string): RequestProblem {
    const methods = new Set(
      [...this.#routes.values()].flatMap((route) => (route.path.test(path) ? [...route.methods] : [])),
    );
    if (methods.size === 0) return new RequestProblem(404, `there is no ${method} ${path}; see ${this.#calls}`);
    const allow = [...methods].sort().join(', ');
    return new RequestProblem(405, `${path} takes ${allow}, not ${method}; use one of these`, { allow });
  }
}

/** Matches what find-my-way takes for a route: parameters are anything between two slashes, `*` at the end is anything. */
function pathPattern(url: string): RegExp {
  const parts = url.split('/').map((part) => {
    if (part.startsWith(':')) return '[^/]+';
    return part === '*' ? '.*' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('/')}$`);
}
