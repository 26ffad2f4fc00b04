// needs: chromium
// engine: LMDB
import { mkdirSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCOUNT, ACCOUNT_SID, AUTH_TOKEN, DEVICE, SID } from '../cloud-rig.js';
import { openPage, startBrowser, watchBrowserLogIn } from './browser.js';

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());

const MARKUP = '<img src=x onerror="alert(1)">';
const visible = { state: 'visible' } as const;

/** A cloud with a device that has said something, and its page after log-in. */
async function openLoggedIn(options?: Parameters<typeof openPage>[1]) {
  const rig = await openPage(browser, options);
  await rig.store.devices(ACCOUNT_SID).ensure(SID);
  await rig.store.devices(ACCOUNT_SID).update(SID, { uniqueName: 'boiler-7' });
  await rig.logIn();
  await rig.page.getByRole('table', { name: 'Devices' }).waitFor(visible);
  return { ...rig, logs: rig.store.logs(ACCOUNT_SID) };
}

const section = (page: Page, name: string) => page.getByRole('region', { name, exact: true });
const rowOf = (page: Page, text: string) => page.getByRole('row').filter({ hasText: text });
const said = (page: Page, text: string) => page.getByRole('status').filter({ hasText: text }).waitFor(visible);

async function create(page: Page, kind: 'config' | 'secret', key: string, value: string): Promise<void> {
  const form = page.getByRole('form', { name: `New ${kind}` });
  if (!(await form.isVisible())) await page.getByText(`New ${kind}`, { exact: true }).click();
  await form.getByLabel('Key').fill(key);
  await form.getByLabel('Value').fill(value);
  await form.getByRole('button').click();
}

describe('logging in', () => {
  it('shows what the API says of wrong credentials, and keeps none', async () => {
    const { page, logIn, faults } = await openPage(browser);
    await logIn(ACCOUNT_SID, 'wrong');
    await page.getByRole('alert').filter({ hasText: '(401)' }).waitFor(visible);
    expect(await page.evaluate('sessionStorage.length')).toBe(0);
    expect(await page.getByRole('navigation').isVisible()).toBe(false);
    expect(faults).toEqual([]);
  });

  it('makes the browser ask for nothing, whatever the answer', async () => {
    const { page, logIn } = await openPage(browser);
    const asked = await watchBrowserLogIn(page);
    await logIn(ACCOUNT_SID, 'wrong');
    await page.getByRole('alert').filter({ hasText: '(401)' }).waitFor(visible);
    expect(asked).toEqual([]);
    // A call that is made otherwise is seen.
    await page.evaluate("fetch('/v1/Apps').then(({ status }) => status)");
    expect(asked).toEqual([expect.stringMatching('/v1/Apps$')]);
  });

  it('with a key that may only read shows what is there, and what the API says of changes', async () => {
    const { page, store, logIn, faults } = await openPage(browser);
    const { accountSid } = await store.accounts.create('Plant 2');
    await store.values(accountSid).create(ACCOUNT, 'configs', 'kept', '1');
    const { keySid, secret } = await store.keys.create(accountSid, 'reader', { readOnly: true });
    await logIn(keySid, secret);
    await page.getByRole('link', { name: 'Account' }).click();
    await page.getByRole('button', { name: 'Delete kept' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('alert').filter({ hasText: '(403)' }).waitFor(visible);
    await rowOf(page, 'kept').waitFor(visible);
    expect(faults).toEqual([]);
  });

  it('lasts until the tab logs out, and leaves nothing in the browser then', async () => {
    const { page, faults } = await openLoggedIn();
    await page.reload();
    await page.getByRole('table', { name: 'Devices' }).waitFor(visible);
    expect(await page.evaluate('localStorage.length + document.cookie.length')).toBe(0);
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByRole('form', { name: 'Log in' }).waitFor(visible);
    expect(await page.evaluate('sessionStorage.length')).toBe(0);
    expect(faults).toEqual([]);
  });
});

describe('configs and secrets', () => {
  it('of a device are set, seen, changed and deleted', async () => {
    const { page, values, faults } = await openLoggedIn();
    await page.getByRole('link', { name: SID }).click();
    await page.getByRole('heading', { name: 'boiler-7' }).waitFor(visible);
    await create(page, 'config', 'broker-host', 'mqtt.example.com');
    await said(page, 'The config broker-host was created.');
    expect(await rowOf(page, 'broker-host').getByRole('cell').nth(1).textContent()).toBe('mqtt.example.com');

    await page.getByRole('button', { name: 'Change broker-host' }).click();
    await page.getByRole('dialog').getByLabel('Value').fill('other.example.com');
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await said(page, 'The config broker-host was changed.');
    expect((await values.fetch(DEVICE, 'configs', 'broker-host')).value).toBe('other.example.com');

    const remove = page.getByRole('button', { name: 'Delete broker-host' });
    await remove.click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    expect(await values.list(DEVICE, 'configs')).toHaveLength(1);
    await remove.click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await said(page, 'The config broker-host was deleted.');
    expect(await values.list(DEVICE, 'configs')).toEqual([]);
    expect(faults).toEqual([]);
  });

  it('of the account are set; the value of a secret is not shown again', async () => {
    const { page, values, faults } = await openLoggedIn();
    await page.getByRole('link', { name: 'Account' }).click();
    await create(page, 'secret', 'password', 'correct horse');
    await said(page, 'The secret password was created.');
    expect((await values.fetch(ACCOUNT, 'secrets', 'password')).value).toBe('correct horse');
    await page.reload();
    await rowOf(page, 'password').waitFor(visible);
    expect(await page.content()).not.toContain('correct horse');
    expect(faults).toEqual([]);
  });

  it('that the API refuses are not lost: its words are shown, and the form stays as it is', async () => {
    const { page, faults } = await openLoggedIn();
    await page.getByRole('link', { name: 'Account' }).click();
    await create(page, 'config', 'a/b', 'kept');
    const alert = page.getByRole('alert');
    await alert.filter({ hasText: '(400)' }).waitFor(visible);
    expect(await page.getByRole('form', { name: 'New config' }).getByLabel('Value').inputValue()).toBe('kept');
    await create(page, 'config', 'good', '1');
    await said(page, 'The config good was created.');
    expect(await alert.textContent()).toBe('');
    expect(faults).toEqual([]);
  });

  it('are text, whatever is in them', async () => {
    const { page, values, logs, faults } = await openLoggedIn();
    const key = '<img src=x onerror=alert(1)>\\ &amp;';
    await values.create(DEVICE, 'configs', key, MARKUP);
    await values.create(DEVICE, 'configs', 'long', MARKUP.repeat(20));
    await values.create(DEVICE, 'secrets', key, MARKUP);
    await logs.append(SID, [{ date: new Date(), text: MARKUP }]);
    await page.getByRole('link', { name: SID }).click();
    await page.getByRole('log').getByText(MARKUP).waitFor(visible);
    const configs = section(page, 'Configs');
    await configs.getByRole('cell', { name: MARKUP, exact: true }).waitFor(visible);
    await configs.getByRole('button', { name: `Delete ${key}` }).click();
    await page.getByRole('dialog').getByText(key).waitFor(visible);
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await said(page, key);
    expect(await values.list(DEVICE, 'configs')).toHaveLength(1);
    expect(await page.locator('img').count()).toBe(0);
    expect(faults).toEqual([]);
  });

  it('of many keys are shown a page at a time', async () => {
    const { page, values, faults } = await openLoggedIn();
    for (let n = 0; n < 51; n++) await values.create(ACCOUNT, 'configs', `key-${String(n).padStart(2, '0')}`, 'v');
    await page.getByRole('link', { name: 'Account' }).click();
    const pages = page.getByRole('group', { name: 'Pages of Configs' });
    await rowOf(page, 'key-49').waitFor(visible);
    expect(await rowOf(page, 'key-50').count()).toBe(0);
    await pages.getByRole('button', { name: 'Next' }).click();
    await rowOf(page, 'key-50').waitFor(visible);
    expect(await pages.getByRole('button', { name: 'Next' }).isDisabled()).toBe(true);
    // The page before is shown when the last one has nothing left.
    await page.getByRole('button', { name: 'Delete key-50' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await rowOf(page, 'key-49').waitFor(visible);
    expect(faults).toEqual([]);
  });
});

describe('a device', () => {
  it('has a log that is followed while the box is ticked', async () => {
    const { page, logs, faults } = await openLoggedIn();
    await logs.append(SID, [{ date: new Date(), text: 'before' }]);
    await page.getByRole('link', { name: SID }).click();
    const log = page.getByRole('log');
    await log.getByText('before').waitFor(visible);
    await page.getByLabel('Follow').check();
    for (const text of ['first', 'second']) {
      await logs.append(SID, [{ date: new Date(), text }]);
      await log.getByText(text).waitFor(visible);
    }
    await page.getByLabel('Follow').uncheck();
    expect(await log.locator('div').count()).toBe(3);
    expect(faults).toEqual([]);
  });

  it('is told to restart its application after a question', async () => {
    const { page, faults } = await openLoggedIn();
    await page.getByRole('link', { name: SID }).click();
    await page.getByRole('button', { name: 'Restart application' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Restart' }).click();
    await said(page, 'told to restart');
    expect(faults).toEqual([]);
  });

  it('that does not exist is what the API says of it', async () => {
    const { page, cloud } = await openLoggedIn();
    await page.goto(`${cloud.url}/#devices/none`);
    await page.getByRole('alert').filter({ hasText: '(404)' }).waitFor(visible);
  });
});

describe('the page', () => {
  it('says that the server does not answer', async () => {
    const { page, cloud } = await openLoggedIn();
    await cloud.close();
    await page.getByRole('link', { name: 'Applications' }).click();
    await page.getByRole('alert').filter({ hasText: 'does not answer' }).waitFor(visible);
  });

  it('fits the width of a phone', async () => {
    const { page, values } = await openLoggedIn({ viewport: { width: 360, height: 640 } });
    await values.create(DEVICE, 'configs', 'k'.repeat(100), 'v'.repeat(4096));
    await page.getByRole('link', { name: SID }).click();
    await rowOf(page, 'k'.repeat(100)).waitFor(visible);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
  });

  it('is worked with the keyboard alone', async () => {
    const { page, faults } = await openPage(browser);
    await page.getByLabel('Account SID').and(page.locator(':focus')).waitFor(visible);
    await page.keyboard.type(ACCOUNT_SID);
    await page.keyboard.press('Tab');
    await page.keyboard.type(AUTH_TOKEN);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Devices' }).waitFor(visible);
    expect(faults).toEqual([]);
  });

  it.skipIf(process.env.WASMQTT_WRITE_DOCS === undefined)('is pictured in the documents', async () => {
    const { page, values, logs } = await openLoggedIn({
      viewport: { width: 800, height: 760 },
      colorScheme: 'light',
      locale: 'en-GB',
      timezoneId: 'UTC',
    });
    await values.create(DEVICE, 'configs', 'broker-host', 'mqtt.example.com');
    await values.create(DEVICE, 'secrets', 'private_key', '00');
    const written = (second: number, text: string) => ({ date: new Date(Date.UTC(2021, 0, 1, 12, 0, second)), text });
    await logs.append(SID, [written(1, 'connected'), written(2, 'published 21.5')]);
    await page.getByRole('link', { name: SID }).click();
    await page.getByRole('log').getByText('published').waitFor(visible);
    await rowOf(page, 'private_key').waitFor(visible);
    mkdirSync('docs/images', { recursive: true });
    await page.screenshot({ path: 'docs/images/cloud-page.png', fullPage: true });
  });
});
