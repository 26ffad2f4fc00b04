import { MvHttpRequestLayout, writeMvHttpRequest } from '../../../../build/abi/microvisor.js';
import type { RigMemory } from './rig-memory.js';

export interface HttpRequestParts {
  method?: string;
  url?: string;
  headers?: string[];
  body?: string;
  timeoutMs?: number;
}

/** Writes struct MvHttpRequest with all it points to; a GET by default. */
export function httpRequest(rig: RigMemory, parts: HttpRequestParts = {}): number {
  const { method = 'GET', url = 'https://a.test/path', headers = [], body = '', timeoutMs = 10_000 } = parts;
  const lines = headers.map((line) => rig.put(line));
  const address = rig.alloc(MvHttpRequestLayout.SIZE);
  writeMvHttpRequest(rig.view, address, {
    method: rig.put(method),
    url: rig.put(url),
    numHeaders: lines.length,
    headers: lines.length > 0 ? rig.words(...lines.flatMap(({ data, length }) => [length, data])) : 0,
    body: rig.put(body),
    timeoutMs,
  });
  return address;
}
