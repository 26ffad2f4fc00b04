import {
  MvChannelType,
  MvHttpHeaderLayout,
  MvHttpRequestLayout,
  MvHttpResponseDataLayout,
  MvHttpResult,
  MvStatus,
  readMvHttpHeader,
  readMvHttpRequest,
  writeMvHttpResponseData,
} from '../../../../build/abi/microvisor.js';
import type { FamilyFactory, FamilyServices } from '../../kernel/family.js';
import type { Calls } from '../../kernel/statuses.js';
import type { HttpClient } from '../../transport/http-client.js';
import { RequestReader } from '../request-reader.js';
import { unusedChannel } from '../unused-channel.js';
import { HttpFetch } from './http-fetch.js';

const { OKAY, PARAMETERFAULT, RESPONSENOTPRESENT, REQUESTUNSUCCESSFUL } = MvStatus;

/** The four HTTP calls over the channels of type HTTP, whose requests this client makes. */
export function httpCalls(client: HttpClient): FamilyFactory {
  return (kernel) => ({
    calls: callsOf(kernel),
    channelKinds: {
      [MvChannelType.HTTP]: { open: (channel) => new HttpFetch(kernel, channel, client) },
    },
  });
}

function callsOf(kernel: FamilyServices): Calls {
  const { memory, channels } = kernel;
  /** The response behind a handle, or the status of the call. */
  const answered = (handle: number) => {
    const channel = channels.use(handle, MvChannelType.HTTP);
    if (typeof channel === 'number') return channel;
    return (channel.driver as HttpFetch).response ?? RESPONSENOTPRESENT;
  };
  return {
    mvSendHttpRequest: (handle, address) => send(kernel, handle, address),
    mvReadHttpResponseData: (handle, address) => {
      if (!memory.holds(address, MvHttpResponseDataLayout.SIZE, 4)) return PARAMETERFAULT;
      const response = answered(handle);
      if (typeof response === 'number') return response;
      const { result, statusCode, headers, body } = response;
      const data = { result, statusCode, numHeaders: headers.length, bodyLength: body.length };
      writeMvHttpResponseData(memory.view, address, data);
      return OKAY;
    },
    mvReadHttpResponseHeader: (handle, index, buffer, size) => {
      const response = answered(handle);
      if (typeof response === 'number') return response;
      if (response.result !== MvHttpResult.OK) return REQUESTUNSUCCESSFUL;
      const header = response.headers[index];
      if (!header) return MvStatus.INDEXINVALID;
      if (!memory.holdsBytes(buffer, size)) return PARAMETERFAULT;
      memory.write(buffer, header.subarray(0, size));
      return OKAY;
    },
    mvReadHttpResponseBody: (handle, offset, buffer, size) => {
      const response = answered(handle);
      if (typeof response === 'number') return response;
      if (response.result !== MvHttpResult.OK) return REQUESTUNSUCCESSFUL;
      if (offset > response.body.length) return MvStatus.OFFSETINVALID;
      if (!memory.holdsBytes(buffer, size)) return PARAMETERFAULT;
      memory.write(buffer, response.body.subarray(offset, offset + size));
      return OKAY;
    },
  };
}

function send(kernel: FamilyServices, handle: number, address: number) {
  const { memory, channels, limits } = kernel;
  const channel = unusedChannel(kernel, MvChannelType.HTTP, handle, [address, MvHttpRequestLayout.SIZE]);
  if (typeof channel === 'number') return channel;
  const request = readMvHttpRequest(memory.view, address);
  if (request.numHeaders > limits.httpHeaders) return MvStatus.TOOMANYELEMENTS;
  const reader = new RequestReader(memory);
  const room = channel.send.size;
  const text = (value: { data: number; length: number }, what: string) =>
    Buffer.from(reader.bytes(value, what, room)).toString('latin1');
  const method = text(request.method, 'method');
  const url = text(request.url, 'URL');
  const headers = reader.list(request.headers, request.numHeaders, MvHttpHeaderLayout.SIZE, (at) =>
    text(readMvHttpHeader(memory.view, at), 'header'),
  );
  const body = reader.bytes(request.body, 'body', room);
  if (reader.status !== OKAY) return channels.ended(channel, reader.status);
  const size = headers.reduce((sum, line) => sum + line.length, method.length + url.length + body.length);
  if (reader.invalid || size + limits.httpOverhead > room) return MvStatus.INVALIDBUFFERSIZE;
  (channel.driver as HttpFetch).send({ method, url, headers, body, timeout: request.timeoutMs });
  return OKAY;
}
