import type { PolicyRequest } from '../policy-set.js';

/** A request of a device, as often as it was made. */
export interface TracedRequest extends PolicyRequest {
  /** Undefined before the device connected. */
  readonly clientId: string | undefined;
  readonly count: number;
  /** Where it is first made; counts from 1. */
  readonly line: number;
  /** It is about the will, and so asked at CONNECT. */
  readonly isWill?: true;
  /** The device asked for QoS 2, which AWS does not have. */
  readonly isQos2?: true;
}

export interface RunTrace {
  readonly requests: readonly TracedRequest[];
  readonly mistakes: readonly { readonly line: number; readonly message: string }[];
}

interface TraceEvent {
  readonly event?: unknown;
  readonly device?: unknown;
  readonly clientId?: unknown;
  readonly topic?: unknown;
  readonly retain?: unknown;
  readonly qos?: unknown;
  readonly will?: { readonly topic?: unknown; readonly retain?: unknown };
}

/**
 * The requests in the events of `wasmqtt run --json`, one JSON object a line: connected, subscribed, published and message. Others are
 * passed over. With several devices each has the client id of its own `connected`.
 */
export function readRunTrace(text: string): RunTrace {
  const requests = new Map<string, TracedRequest>();
  const mistakes: { line: number; message: string }[] = [];
  const clients = new Map<unknown, string>();
  const add = (line: number, device: unknown, action: string, resource: string, more: Partial<TracedRequest> = {}) => {
    const clientId = clients.get(device);
    const key = JSON.stringify([clientId, action, resource, more]);
    const known = requests.get(key);
    requests.set(key, {
      action,
      resource,
      clientId,
      line: known?.line ?? line,
      count: (known?.count ?? 0) + 1,
      ...more,
    });
  };
  for (const [index, row] of text.split('\n').entries()) {
    if (row.trim() === '') continue;
    const line = index + 1;
    const event = parsed(row);
    if (!event) {
      mistakes.push({ line, message: 'it is not a JSON object; a trace is what "wasmqtt run --json" prints' });
      continue;
    }
    const { device, topic, clientId, will } = event;
    if (event.event === 'connected' && typeof clientId === 'string') {
      clients.set(device, clientId);
      add(line, device, 'iot:Connect', `client/${clientId}`);
      if (typeof will?.topic === 'string') {
        add(line, device, 'iot:Publish', `topic/${will.topic}`, { isWill: true });
        if (will.retain === true) add(line, device, 'iot:RetainPublish', `topic/${will.topic}`, { isWill: true });
      }
    }
    if (typeof topic !== 'string') continue;
    const more = event.qos === 2 ? ({ isQos2: true } as const) : {};
    if (event.event === 'subscribed') add(line, device, 'iot:Subscribe', `topicfilter/${topic}`, more);
    if (event.event === 'message') add(line, device, 'iot:Receive', `topic/${topic}`);
    if (event.event !== 'published') continue;
    add(line, device, 'iot:Publish', `topic/${topic}`, more);
    if (event.retain === true) add(line, device, 'iot:RetainPublish', `topic/${topic}`);
  }
  if (requests.size === 0 && mistakes.length === 0) {
    mistakes.push({
      line: 1,
      message: 'there is no connected, subscribed, published or message in it; let the application run to its work',
    });
  }
  return { requests: [...requests.values()], mistakes };
}

function parsed(row: string): TraceEvent | undefined {
  try {
    const value: unknown = JSON.parse(row);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
