/** A call that was refused or failed, with what the API says of it. */
export class CallError extends Error {
  /** the HTTP status; 0 when there was no answer */
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'CallError';
    this.status = status;
  }
}

export interface Credentials {
  user: string;
  password: string;
}

/** What the page needs of the `meta` of a list. */
export interface ListMeta {
  page: number;
  previous_page_url: string | null;
  next_page_url: string | null;
}

/** The REST calls of the server that this page is from. */
export class PageApi {
  readonly #authorization: string;

  constructor({ user, password }: Credentials) {
    const bytes = new TextEncoder().encode(`${user}:${password}`);
    this.#authorization = `Basic ${btoa(String.fromCharCode(...bytes))}`;
  }

  /** @throws CallError, and an `AbortError` once `signal` is aborted */
  get<T>(path: string, signal: AbortSignal): Promise<T> {
    return this.#call('GET', path, { signal });
  }

  /** @throws CallError */
  async post(path: string, form: Record<string, string>): Promise<void> {
    await this.#call('POST', path, { body: new URLSearchParams(form) });
  }

  /** @throws CallError */
  async delete(path: string): Promise<void> {
    await this.#call('DELETE', path);
  }

  async #call<T>(method: string, path: string, init: RequestInit = {}): Promise<T> {
    const response = await this.#fetch(method, path, init);
    const text = await response.text();
    if (!response.ok) throw new CallError(response.status, messageOf(text, response.status));
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  async #fetch(method: string, path: string, init: RequestInit): Promise<Response> {
    const headers = { authorization: this.#authorization };
    try {
      // Without credentials of its own, the browser asks for none when the answer is 401 (Fetch Standard, HTTP-network-or-cache fetch).
      return await fetch(path, { ...init, method, headers, credentials: 'omit', cache: 'no-store', redirect: 'error' });
    } catch (error) {
      if (init.signal?.aborted) throw error;
      throw new CallError(0, 'the server does not answer; see whether it runs, and try again');
    }
  }
}

/** The path of an address in an answer: whatever host it names, calls go to the server that this page is from. */
export function pathOf(url: string): string {
  const { pathname, search } = new URL(url, location.href);
  return pathname + search;
}

function messageOf(text: string, status: number): string {
  try {
    return `${(JSON.parse(text) as { message: string }).message} (${status})`;
  } catch {
    return `the answer was ${status}, and not one of this API; see what stands before the server`;
  }
}
