import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { FastifyInstance } from 'fastify';

const FILES = {
  '/': ['index.html', 'text/html; charset=utf-8'],
  '/page.js': ['page.js', 'text/javascript; charset=utf-8'],
  '/page.css': ['page.css', 'text/css; charset=utf-8'],
  '/page.svg': ['page.svg', 'image/svg+xml'],
} as const;

/** Nothing from elsewhere, nothing inline, no text that becomes markup, no frame around it, no form that is sent without the script. */
const POLICY = [
  "default-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

const HEADERS = {
  'content-security-policy': POLICY,
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

/** The page to look at. It has nothing that is anyone's, so it asks for no credentials: the calls that it makes do. */
export function pageRoute(app: FastifyInstance): void {
  const folder = join(dirname(createRequire(import.meta.url).resolve('wasmqtt/package.json')), 'build/host/page');
  for (const [path, [file, type]] of Object.entries(FILES)) {
    app.get(path, { config: { open: true } }, async (_request, reply) => {
      return reply
        .headers(HEADERS)
        .type(type)
        .send(await readFile(join(folder, file)));
    });
  }
}
