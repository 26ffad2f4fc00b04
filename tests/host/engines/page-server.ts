import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';

const TYPES: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript' };

/** Files of a folder over HTTP, those of the package under /package/, and pages. */
export class PageServer {
  readonly #server = createServer(({ url = '/' }, response) => {
    const path = decodeURIComponent(new URL(url, 'http://localhost').pathname);
    const page = this.#pages.get(path);
    try {
      const body = page?.html ?? readFileSync(this.#file(normalize(path)));
      const policy = page?.policy === undefined ? {} : { 'Content-Security-Policy': page.policy };
      response.writeHead(200, {
        'Content-Type': page ? 'text/html' : (TYPES[extname(path)] ?? 'application/octet-stream'),
        ...policy,
      });
      response.end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  readonly #pages = new Map<string, { html: string; policy?: string }>();
  readonly #folder: string;
  readonly #package: string;

  constructor(folder: string, packageFolder: string) {
    this.#folder = folder;
    this.#package = packageFolder;
  }

  #file(path: string): string {
    return path.startsWith('/package/')
      ? join(this.#package, path.slice('/package/'.length))
      : join(this.#folder, path);
  }

  /** Serves on a free port of loopback; returns the origin. */
  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** A page with this in its head. @param policy its Content-Security-Policy */
  page(path: string, head: string, policy?: string): void {
    this.#pages.set(path, {
      html: `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">${head}`,
      policy,
    });
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
