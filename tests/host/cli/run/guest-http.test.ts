// needs: openssl, clang-14, wasm-ld-14, wasi/stdio.h, libclang_rt.builtins-wasm32
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { Command } from '../../../interop/command.js';
import { freePort, temporaryFolder } from '../../../interop/temporary.js';
import { undoAfterEach } from '../../../interop/undo.js';
import { compileCGuest } from '../../microvisor/rig/compile-c-guest.js';
import { OpensslCertificates } from '../../microvisor/rig/openssl-certificates.js';

let folder: string;
const undo = undoAfterEach();

beforeEach(() => {
  const temporary = temporaryFolder();
  undo.push(temporary.remove);
  folder = temporary.folder;
});

const HTTP = (url: string) => `
  #include <stdio.h>
  #include <string.h>
  struct MvSizedString { const void *data; uint32_t length; };
  struct MvOpenChannelParams { uint32_t version, notification_handle, notification_tag, network_handle; void *receive; uint32_t receive_len;
    void *send; uint32_t send_len, type; struct MvSizedString endpoint; };
  struct MvHttpRequest { struct MvSizedString method, url; uint32_t num_headers; void *headers; struct MvSizedString body; uint32_t timeout_ms; };
  struct MvHttpResponseData { uint32_t result, status_code, num_headers, body_length; };
  extern uint32_t mvOpenChannel(const struct MvOpenChannelParams *params, uint32_t *handle);
  extern uint32_t mvSendHttpRequest(uint32_t handle, const struct MvHttpRequest *request);
  extern uint32_t mvReadHttpResponseData(uint32_t handle, struct MvHttpResponseData *data);
  extern uint32_t mvReadHttpResponseBody(uint32_t handle, uint32_t offset, void *buffer, uint32_t size);
  static struct MvNotification center[4] __attribute__((aligned(8)));
  static uint8_t receive[1536] __attribute__((aligned(512))), send[512] __attribute__((aligned(512)));
  void TIM8_BRK_IRQHandler(void) {}
  int main(void) {
    uint32_t notifications, network, channel, status = 0;
    struct MvNotificationSetup setup = { 51, center, sizeof center };
    mvSetupNotifications(&setup, &notifications);
    struct MvRequestNetworkParams wanted = { 1, { notifications, 1 } };
    mvRequestNetwork(&wanted, &network);
    while (mvGetNetworkStatus(network, &status) == 0 && status != 1) mv_host_wait(1);
    struct MvOpenChannelParams params = { 1, notifications, 2, network, receive, sizeof receive, send, sizeof send, 2, { 0, 0 } };
    if (mvOpenChannel(&params, &channel)) return 1;
    struct MvHttpRequest request = { { "GET", 3 }, { "${url}", ${url.length} }, 0, 0, { 0, 0 }, 5000 };
    if (mvSendHttpRequest(channel, &request)) return 2;
    struct MvHttpResponseData data;
    while (mvReadHttpResponseData(channel, &data) == 20) mv_host_wait(5);
    char body[64] = "";
    if (data.result == 0) mvReadHttpResponseBody(channel, 0, body, sizeof body - 1);
    printf("%u %u %s\\n", data.result, data.status_code, body);
    return 0;
  }`;

async function run(source: string, ...args: string[]): Promise<Command> {
  const guest = join(folder, 'guest.wasm');
  writeFileSync(guest, compileCGuest(source, ['TIM8_BRK_IRQHandler']));
  const ports = ['--cloud-port', '0', '--broker-port', `${await freePort()}`];
  const command = new Command(['run', '--json', '--data', join(folder, 'data'), '--guest', guest, ...ports, ...args]);
  undo.push(() => command.kill());
  return command;
}

async function server(): Promise<{ url: string; asked: () => number }> {
  let asked = 0;
  const listener: Server = createServer((_, response) => {
    asked++;
    response.writeHead(418).end('short and stout');
  });
  undo.push(() => listener.close());
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  return { url: `http://127.0.0.1:${(listener.address() as AddressInfo).port}/pot?key=1`, asked: () => asked };
}

const logOf = (device: Command) => device.events.filter(({ event }) => event === 'log').map(({ text }) => text);

describe('run with a guest that sends an HTTP request', () => {
  it('makes it to a host that was allowed, and reports the answer without the query', async () => {
    const { url } = await server();
    const device = await run(HTTP(url), '--allow-host', '127.0.0.1', '--plain-http');
    expect((await device.ended).code).toBe(0);
    expect(logOf(device)).toEqual(['0 418 short and stout']);
    const answer = device.events.find(({ event }) => event === 'httpResponse');
    expect(answer).toMatchObject({ url: url.split('?')[0], result: 'OK', statusCode: 418, bodyLength: 15 });
  });

  it.each([
    ['its host was not allowed', ['--plain-http'], 5, 'REQUESTFAILED', /allow it with --allow-host 127\.0\.0\.1$/],
    ['it is not https', ['--allow-host', '*'], 1, 'UNSUPPORTEDURISCHEME', /http, which is not allowed$/],
  ])('does not make it when %s, and says so', async (_, options, code, result, detail) => {
    const { url, asked } = await server();
    const device = await run(HTTP(url), ...options);
    expect((await device.ended).code).toBe(0);
    expect(logOf(device)).toEqual([`${code} 0 `]);
    const answer = device.events.find(({ event }) => event === 'httpResponse');
    expect(answer).toMatchObject({ result, detail: expect.stringMatching(detail) });
    expect(asked()).toBe(0);
  });

  it('makes it to a server of a CA that --http-ca names, and to none of another CA', async () => {
    const certificates = new OpensslCertificates();
    undo.push(() => certificates.remove());
    const ca = certificates.ca('private');
    const { cert, key } = certificates.issue(ca, '127.0.0.1', 'IP:127.0.0.1');
    const listener = createSecureServer({ cert: readFileSync(cert), key: readFileSync(key) }, (_, response) =>
      response.end('own CA'),
    );
    undo.push(() => listener.close());
    listener.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const url = `https://127.0.0.1:${(listener.address() as AddressInfo).port}/`;
    const trusted = await run(HTTP(url), '--allow-host', '127.0.0.1', '--http-ca', ca.cert);
    await trusted.ended;
    expect(logOf(trusted)).toEqual(['0 200 own CA']);
    const other = certificates.ca('other');
    const refused = await run(HTTP(url), '--allow-host', '127.0.0.1', '--http-ca', other.cert);
    await refused.ended;
    expect(logOf(refused)).toEqual(['5 0 ']);
  });

  it('refuses --http-ca with what holds no certificate, before anything is started', async () => {
    writeFileSync(join(folder, 'ca.pem'), 'nothing');
    const device = await run('int main(void) { return 0; }', '--http-ca', join(folder, 'ca.pem'));
    const { code, stderr } = await device.ended;
    expect(code).toBe(1);
    expect(stderr).toContain('--http-ca');
    expect(device.events.some(({ event }) => event === 'listening')).toBe(false);
  });

  it('refuses --allow-host with a URL', async () => {
    const device = await run('int main(void) { return 0; }', '--allow-host', 'https://a.test/');
    const { code, stderr } = await device.ended;
    expect(code).toBe(2);
    expect(stderr).toContain('Give a host as it stands in a URL, without scheme, port or path');
  });
});

describe('run --flash', () => {
  const FLASH = `
    extern uint32_t mvExternalFlashOpen(uint32_t *handle);
    extern uint32_t mvExternalFlashWriteBlocking(uint32_t handle, uint32_t address, uint32_t length, const void *buffer);
    int main(void) {
      uint32_t handle;
      if (mvExternalFlashOpen(&handle)) return 1;
      return mvExternalFlashWriteBlocking(handle, 4094, 4, "kept") ? 2 : 0;
    }`;

  it('keeps what the guest writes in the file', async () => {
    const file = join(folder, 'flash.bin');
    expect((await (await run(FLASH, '--flash', file)).ended).code).toBe(0);
    expect(statSync(file).size).toBe(8 * 1024 * 1024);
    expect(readFileSync(file).subarray(4093, 4099).toString('latin1')).toBe('\u00ffkept\u00ff');
  });

  it('is refused for several devices, and for a file that cannot be one', async () => {
    const several = await (await run(FLASH, '--flash', join(folder, 'flash.bin'), '--devices', '2')).ended;
    expect(several.stderr).toContain('--flash: is the flash of one device, and there are 2');
    expect(existsSync(join(folder, 'flash.bin'))).toBe(false);
    const { code, stderr } = await (await run(FLASH, '--flash', folder)).ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(/cannot be an external flash/);
  });
});

describe('the settings of Wi-Fi', () => {
  const WIFI = (act: string) => `
    #include <stdio.h>
    struct MvSizedString { const void *data; uint32_t length; };
    struct MvWifiConfig { uint32_t version; uint8_t mode; struct MvSizedString ssid, password; };
    struct MvWifiConfigOut { uint32_t version; uint8_t *ssid; uint32_t size, *length; uint8_t *encrypted; };
    extern uint32_t mvSetWifiConfig(const struct MvWifiConfig *config);
    extern uint32_t mvGetWifiConfig(const struct MvWifiConfigOut *config);
    int main(void) { ${act} return 0; }`;
  const SET = 'struct MvWifiConfig config = { 1, 0, { "at home", 7 }, { "secret", 6 } }; mvSetWifiConfig(&config);';
  const GET = `
    char ssid[33] = ""; uint32_t length; uint8_t encrypted;
    struct MvWifiConfigOut config = { 1, (uint8_t *)ssid, 32, &length, &encrypted };
    mvGetWifiConfig(&config);
    printf("%.*s %u\\n", (int)length, ssid, encrypted);`;

  it('that a device has set are there in its next run, the password is not', async () => {
    expect((await (await run(WIFI(SET))).ended).code).toBe(0);
    const second = await run(WIFI(GET));
    await second.ended;
    expect(logOf(second)).toEqual(['at home 1']);
    const [file] = readdirSync(join(folder, 'data/wifi'));
    expect(readFileSync(join(folder, 'data/wifi', file), 'utf8')).not.toContain('secret');
  });
});
