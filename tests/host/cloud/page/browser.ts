import { execFileSync } from 'node:child_process';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { ACCOUNT_SID, AUTH_TOKEN, openCloud } from '../cloud-rig.js';

/** Debian's Chromium. Its sandbox does not work for root. */
export function startBrowser(): Promise<Browser> {
  const executablePath = execFileSync('sh', ['-c', 'command -v chromium'], { encoding: 'utf8' }).trim();
  return chromium.launch({ executablePath, chromiumSandbox: process.getuid?.() !== 0 });
}

/** A cloud, and its page in a browser profile of its own. What the page should never do is in `faults`. */
export async function openPage(browser: Browser, options?: BrowserContextOptions) {
  const rig = await openCloud();
  const context = await browser.newContext(options);
  onTestFinished(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const faults: string[] = [];
  page.on('pageerror', ({ message }) => faults.push(message));
  page.on('dialog', (dialog) => {
    faults.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('console', (message) => {
    // Chromium's own line about an answer of 400 and more.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      faults.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(`${rig.cloud.url}/`)) faults.push(`request to ${request.url()}`);
  });
  await page.goto(`${rig.cloud.url}/`);

  async function logIn(user = ACCOUNT_SID, password = AUTH_TOKEN): Promise<void> {
    await page.getByLabel('Account SID').fill(user);
    await page.getByLabel('Auth token').fill(password);
    await page.getByRole('button', { name: 'Log in' }).click();
  }
  return { ...rig, page, faults, logIn };
}

/** Addresses for which the browser itself would ask its user for a password, from now on. */
export async function watchBrowserLogIn(page: Page): Promise<string[]> {
  const asked: string[] = [];
  const session = await page.context().newCDPSession(page);
  session.on('Fetch.requestPaused', ({ requestId }) => void session.send('Fetch.continueRequest', { requestId }));
  session.on('Fetch.authRequired', ({ requestId, request }) => {
    asked.push(request.url);
    const authChallengeResponse = { response: 'CancelAuth' } as const;
    void session.send('Fetch.continueWithAuth', { requestId, authChallengeResponse });
  });
  await session.send('Fetch.enable', { handleAuthRequests: true });
  return asked;
}
