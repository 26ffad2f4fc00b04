import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runs } from '../../core/support/property-runs.js';
import { uploadApp } from '../app-modules.js';
import { ACCOUNT, ACCOUNT_SID, DEVICE, openCloud, SID } from '../cloud-rig.js';
import { allowedRequests, forbiddenRequests, type GeneratedRequest, type Known } from './arbitrary-requests.js';
import { AnswerCheck, type Operation, operationsOf, readDocument } from './openapi-document.js';

const document = readDocument();
const operations = operationsOf(document).map((operation) => [operation.operationId, operation] as const);
const check = new AnswerCheck(document);

/** A cloud with something of each kind, and the names of all that is there. */
async function openFilled() {
  const rig = await openCloud();
  const { sid } = await uploadApp(rig.cloud.url, '?UniqueName=app');
  await rig.call('POST', `/Devices/${SID}`, { UniqueName: 'device', TargetApp: 'app' });
  await rig.store.logs(ACCOUNT_SID).append(SID, [{ date: new Date(), text: 'line' }]);
  const known: Known = {
    Device: [SID, 'device'],
    App: [sid, 'app'],
    TargetApp: [sid, 'app', ''],
    Key: ['k', 'other key', "it's"],
    PageToken: ['k', SID].flatMap((key) => ['PA', 'PB'].map((side) => side + Buffer.from(key).toString('base64url'))),
    Since: ['2021-01-01T12:34:56Z', '2021-01-01T12:34:56.789+01:00'],
    Wait: ['0'],
  };
  for (const key of known.Key) {
    for (const store of ['configs', 'secrets'] as const) {
      for (const scope of [ACCOUNT, DEVICE]) await rig.values.create(scope, store, key, 'v');
    }
  }
  const send = async ({ method }: Operation, { target, headers, body }: GeneratedRequest) => {
    const response = await rig.call(method, `${rig.cloud.url}${target}`, undefined, { headers, body } as RequestInit);
    return { status: response.status, type: response.headers.get('content-type') ?? '', text: response.text };
  };
  return { known, send };
}

let rig: Awaited<ReturnType<typeof openFilled>>;

describe.each(operations)('the call %s', (_, operation) => {
  it('answers as the document says to whatever the document allows, and never with 500', async () => {
    rig = await openFilled();
    await fc.assert(
      fc.asyncProperty(allowedRequests(operation, rig.known), async (request) => {
        const { status, type, text } = await rig.send(operation, request);
        expect(check.fault(operation, status, type, text)).toBeUndefined();
        // What the document allows may name nothing, or something that is there already.
        expect([200, 201, 204, 404, 409], text).toContain(status);
      }),
      runs(30),
    );
  });

  it('refuses what the document does not allow, as the document says', async () => {
    rig = await openFilled();
    const forbidden = forbiddenRequests(operation, rig.known);
    if (forbidden === undefined) return;
    await fc.assert(
      fc.asyncProperty(forbidden, async (request) => {
        const { status, type, text } = await rig.send(operation, request);
        expect(check.fault(operation, status, type, text)).toBeUndefined();
        expect([400, 404], `${request.broken}: ${text}`).toContain(status);
      }),
      runs(30),
    );
  });
});
