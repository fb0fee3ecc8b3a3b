import { describe, expect, it } from 'vitest';
import { isHttpProtocol, parseProtocol, protocolOfPortName, protocolOfServicePort } from './port-protocol.ts';

describe('protocolOfPortName', () => {
  it.each([
    ['http', 80, 'TCP', 'http'],
    ['http-main', 80, 'TCP', 'http'],
    ['HTTP2-x', 80, 'TCP', 'http2'],
    ['grpc-web', 80, 'TCP', 'grpc-web'],
    ['grpc-web-ui', 80, 'TCP', 'grpc-web'],
    ['grpc-x', 80, 'TCP', 'grpc'],
    ['https', 443, 'TCP', 'https'],
    ['main', 8080, 'TCP', 'unknown'],
    ['', 8080, 'TCP', 'unknown'],
    ['', 3306, 'TCP', 'tcp'],
    ['httpx', 80, 'TCP', 'unknown'],
    ['http', 80, 'UDP', 'udp'],
    ['__proto__', 80, 'TCP', 'unknown'],
  ] as const)('%j on %j/%s is %s', (name, port, transport, expected) => {
    expect(protocolOfPortName(name, port, transport)).toBe(expected);
  });
});

describe('protocolOfServicePort', () => {
  it.each([
    ['http-main', 'grpc', 'TCP', 'grpc'],
    ['http-main', 'kubernetes.io/h2c', 'TCP', 'http2'],
    ['http-main', 'kubernetes.io/ws', 'TCP', 'http'],
    ['http-main', 'example.com/own', 'TCP', 'http'],
    ['main', '', 'TCP', 'unknown'],
    ['main', 'HTTP', 'UDP', 'udp'],
  ])('port %j with appProtocol %j over %s is %s', (name, appProtocol, transport, expected) => {
    expect(protocolOfServicePort({ name, port: 8080, transport, appProtocol })).toBe(expected);
  });
});

describe('parseProtocol', () => {
  it.each([
    ['HTTP', 'http'],
    ['gRPC-Web', 'grpc-web'],
    ['Mongo', 'mongo'],
    ['HTTP_PROXY', 'unknown'],
    ['', 'unknown'],
  ])('reads %j as %s', (written, expected) => {
    expect(parseProtocol(written)).toBe(expected);
  });

  it('knows what HTTP is', () => {
    expect(isHttpProtocol('grpc')).toBe(true);
    expect(isHttpProtocol('https')).toBe(false);
  });
});
