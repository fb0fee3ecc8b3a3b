import { suggest } from '../../decode/suggest.ts';
import type { NativeServicePort } from '../../native/service.ts';
import { parseProtocol, protocolOfServicePort } from '../../port-protocol.ts';
import { type Analyzer, found } from '../analyzer.ts';
import { isSystemNamespace } from '../classic/injection.ts';
import { nativeOf } from '../world/world-index.ts';

/** Ports of Services whose name does not tell what they speak. */
export const portNameAnalyzer: Analyzer = {
  name: 'service.PortNameAnalyzer',
  summary: 'Ports of Services without a name, or with one that names no protocol',
  codes: ['QTT4008'],
  analyze: ({ world }) =>
    nativeOf(world, 'Service').flatMap((subject) => {
      if (isSystemNamespace(subject.namespace) || subject.spec.externalName !== '') return [];
      return subject.spec.ports.flatMap((port, index) => {
        const problem = problemOf(port);
        const at = { subject, path: `spec.ports[${index}]${port.name === '' ? '' : '.name'}` };
        return problem === undefined ? [] : [found('QTT4008', at, [port.port, problem])];
      });
    }),
};

const PREFIXES = [
  'http',
  'http2',
  'https',
  'grpc',
  'grpc-web',
  'tls',
  'tcp',
  'udp',
  'mongo',
  'mysql',
  'redis',
];

function problemOf(port: NativeServicePort): string | undefined {
  const { name, transport } = port;
  const [prefix = ''] = name.split('-', 1);
  if (transport === 'TCP' && parseProtocol(prefix) === 'udp' && port.appProtocol === '')
    return `is named ${JSON.stringify(name)} and is no port of UDP`;
  if (protocolOfServicePort(port) !== 'unknown' || transport !== 'TCP') return undefined;
  if (name === '') return 'has no name';
  const guess = suggest(prefix, PREFIXES);
  const hint =
    guess === undefined ? '' : ` (did you mean ${JSON.stringify(guess + name.slice(prefix.length))}?)`;
  return `has the name ${JSON.stringify(name)}, which begins with no protocol${hint}`;
}
