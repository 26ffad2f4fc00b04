import { describe, expect, it } from 'vitest';
import { httpUrl, isLoopback } from '../../../host/node/addresses.js';

describe('loopback', () => {
  it.each([
    '127.0.0.1',
    '127.255.255.254',
    'localhost',
    'LOCALHOST',
    'a.localhost',
    '::1',
    '0:0:0:0:0:0:0:1',
    '::ffff:127.0.0.1',
  ])('is %s', (host) => expect(isLoopback(host)).toBe(true));

  it.each([
    '0.0.0.0',
    '::',
    '128.0.0.1',
    '1.127.0.0',
    '127.0.0.1.example.com',
    'localhost.example.com',
    '::2',
    '::ffff:10.0.0.1',
    '',
  ])('is not "%s"', (host) => expect(isLoopback(host)).toBe(false));
});

describe('the URL of an address', () => {
  it('has brackets around IPv6', () => {
    expect(httpUrl({ address: '127.0.0.1', family: 'IPv4', port: 80 })).toBe('http://127.0.0.1:80');
    expect(httpUrl({ address: '::1', family: 'IPv6', port: 8080 })).toBe('http://[::1]:8080');
  });
});
