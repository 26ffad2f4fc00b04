// engine: LMDB
import { describe, expect, it } from 'vitest';
import { problemHeaders, problemOf } from '../../../host/cloud/rest/problems.js';
import { StoreError, type StoreErrorCode } from '../../../host/cloud/store/store-error.js';
import { openCloud } from './cloud-rig.js';

const ANYBODY = { headers: { authorization: '' } };

describe('/healthz', () => {
  it('tells anybody whether the store can be read, and nothing else', async () => {
    const { cloud, call, store } = await openCloud();
    const ask = () => call('GET', `${cloud.url}/healthz`, undefined, ANYBODY);
    expect(await ask()).toMatchObject({ status: 200, json: { status: 'ok' } });
    await store.close();
    // The last look counts for a second.
    await expect.poll(ask).toMatchObject({ status: 503, json: { code: 20503, status: 503 } });
    expect((await ask()).headers.get('retry-after')).toBe('1');
  });
});

describe('/metrics', () => {
  it('needs credentials', async () => {
    const { cloud, call } = await openCloud();
    expect((await call('GET', `${cloud.url}/metrics`, undefined, ANYBODY)).status).toBe(401);
  });

  it('counts what was answered, with labels that no client chooses', async () => {
    const { cloud, call } = await openCloud();
    await call('POST', '/Configs', { Key: 'k', Value: 'v' });
    await call('POST', '/Configs', { Key: 'k', Value: 'v' });
    await call('GET', '/Configs/secret-name');
    await call('PATCH', '/nowhere');
    const response = await fetch(`${cloud.url}/metrics`, {
      headers: { authorization: `Basic ${btoa(`AC${'0'.repeat(31)}1:${'f00d'.repeat(8)}`)}` },
    });
    const text = await response.text();
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=/);
    for (const line of [
      'wasmqtt_cloud_requests_total{method="POST",status="2xx"} 1',
      'wasmqtt_cloud_requests_total{method="POST",status="4xx"} 1',
      'wasmqtt_cloud_requests_total{method="GET",status="4xx"} 1',
      'wasmqtt_cloud_requests_total{method="other",status="4xx"} 1',
      'wasmqtt_cloud_requests_total{method="DELETE",status="2xx"} 0',
      'wasmqtt_cloud_request_seconds_count 4',
      'wasmqtt_cloud_audit_failing 0',
    ]) {
      expect(text.split('\n')).toContain(line);
    }
    expect(text).not.toContain('secret-name');
  });

  it('are those of one server, however many there are', async () => {
    const [one, other] = [await openCloud(), await openCloud()];
    await one.call('GET', '/Configs');
    const authorization = `Basic ${btoa(`AC${'0'.repeat(31)}1:${'f00d'.repeat(8)}`)}`;
    const text = await (await fetch(`${other.cloud.url}/metrics`, { headers: { authorization } })).text();
    expect(text).toContain('wasmqtt_cloud_requests_total{method="GET",status="2xx"} 0');
  });
});

describe('what the store says becomes a status', () => {
  it.each<[StoreErrorCode, number, number]>([
    ['invalid-key', 400, 20001],
    ['invalid-value', 400, 20001],
    ['invalid-device-sid', 404, 20404],
    ['already-exists', 409, 20409],
    ['not-found', 404, 20404],
    ['unusable', 500, 20500],
    ['storage', 500, 20500],
    ['damaged', 500, 20500],
    ['full', 507, 507],
    ['unavailable', 503, 20503],
    ['conflict', 503, 20503],
    ['closed', 503, 20503],
  ])('%s is %i', (code, status, twilio) => {
    const secret = 'the store in /var/lib/secret says: the record ["AC1","k"]';
    const error = new StoreError(code, secret);
    const body = problemOf(error);
    expect(body).toMatchObject({ status, code: twilio });
    // A fault of the server is described without the words of the store, which name its files.
    expect(body.message.includes('/var/lib')).toBe(status < 500);
    expect(problemHeaders(error, body)).toEqual(status === 503 ? { 'retry-after': '1' } : {});
  });

  it('and anything else 500 without its words', () => {
    expect(problemOf(new Error('hunter'))).toMatchObject({
      status: 500,
      message: expect.not.stringContaining('hunter'),
    });
    expect(problemOf({ statusCode: 200 }).status).toBe(500);
    expect(problemOf({ statusCode: 9999 }).status).toBe(500);
  });
});
