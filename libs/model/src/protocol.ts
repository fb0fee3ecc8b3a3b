/** What a port speaks. `unknown` means that the proxy has to find out by looking at the bytes. */
export type Protocol =
  | 'http'
  | 'http2'
  | 'https'
  | 'grpc'
  | 'grpc-web'
  | 'tls'
  | 'tcp'
  | 'udp'
  | 'mongo'
  | 'mysql'
  | 'redis'
  | 'unknown';
