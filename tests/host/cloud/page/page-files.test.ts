// engine: LMDB
import { describe, expect, it } from 'vitest';
import { openCloud } from '../cloud-rig.js';

describe('the files of the page', () => {
  it.each([
    ['/', 'text/html; charset=utf-8'],
    ['/page.js', 'text/javascript; charset=utf-8'],
    ['/page.css', 'text/css; charset=utf-8'],
    ['/page.svg', 'image/svg+xml'],
  ])('are served to everybody, with a policy that lets nothing else in: %s', async (path, type) => {
    const { cloud } = await openCloud();
    const { status, headers } = await fetch(`${cloud.url}${path}`);
    expect([status, headers.get('content-type')]).toEqual([200, type]);
    const policy = headers.get('content-security-policy')?.split('; ');
    expect(policy).toEqual(expect.arrayContaining(["default-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"]));
    expect(policy?.join()).not.toContain('unsafe');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('same-origin');
  });

  it('have no script or style within, which the policy would forbid', async () => {
    const { cloud } = await openCloud();
    const html = await (await fetch(`${cloud.url}/`)).text();
    expect(html).not.toMatch(/<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)/);
  });

  it.each(['/index.html', '/page.ts', '/page.js.map', '/../package.json', '/%2e%2e/package.json'])(
    'are those and no others: %s',
    async (path) => {
      const { cloud } = await openCloud();
      expect((await fetch(`${cloud.url}${path}`)).status).toBe(401);
    },
  );

  it('are read, not written', async () => {
    const { call, cloud } = await openCloud();
    const { status, headers } = await call('POST', `${cloud.url}/`, {});
    expect([status, headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });
});
