/** The path of a request. Messages and logs leave the query out, because it may hold anything. */
export function pathOf(request: { url: string }): string {
  return request.url.replace(/\?.*$/s, '');
}

/** Whether a request of this method may change something (RFC 9110 9.2.1). */
export function isChange(method: string): boolean {
  return method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS';
}
