import { X509Certificate } from 'node:crypto';
import type { NativeSecret } from '../../native/data.ts';
import { type AnalysisFinding, type Analyzer, found } from '../analyzer.ts';
import type { AnalysisWorld } from '../world/analysis-world.ts';
import { nativeOf, type WorldIndex } from '../world/world-index.ts';

/** Certificates that gateways serve and that end soon, or have ended. */
export const certificateAnalyzer: Analyzer = {
  name: 'gateway.CertificateAnalyzer',
  summary: 'Certificates of gateways that expire soon, have expired or cannot be read',
  codes: ['QTT4014'],
  analyze: (index) => {
    const used = usedSecrets(index);
    return nativeOf(index.world, 'Secret').flatMap((secret) => {
      const users = used.get(`${secret.namespace}/${secret.name}`) ?? used.get(`/${secret.name}`);
      return users === undefined ? [] : secretFindings(secret, users, index.world);
    });
  },
};

const DAY_MS = 86_400_000;
/** Time enough to get a new certificate from anybody. */
const SOON_MS = 30 * DAY_MS;

/** Who uses which Secret, by `namespace/name`; the namespace is empty where the gateway's workload is not known. */
function usedSecrets({ gateways, world }: WorldIndex): ReadonlyMap<string, string> {
  const used = new Map<string, string>();
  for (const { ref, servers, workloads } of gateways) {
    const namespaces = workloads.length === 0 ? [''] : workloads.map(({ namespace }) => namespace);
    for (const { server } of servers) {
      const { credentialName = '', credentialNames = [] } = server.tls ?? {};
      for (const name of [credentialName, ...credentialNames].filter((each) => each !== ''))
        for (const namespace of namespaces) used.set(`${namespace}/${name}`, `Gateway ${ref}`);
    }
  }
  for (const { namespace, name, spec } of nativeOf(world, 'Ingress'))
    for (const { secretName } of spec.tls)
      if (secretName !== '') used.set(`${namespace}/${secretName}`, `Ingress ${namespace}/${name}`);
  return used;
}

const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/** The first of the chain to end decides. */
function secretFindings(subject: NativeSecret, user: string, world: AnalysisWorld): AnalysisFinding[] {
  const { now } = world;
  const { certificate } = subject.spec;
  if (certificate === '') return [];
  const at = { subject, path: placeOf(subject, world) };
  const chain = certificate.match(PEM_CERTIFICATE) ?? [];
  const ends = chain.map(endOf);
  const first = Math.min(...ends.map((end) => end ?? Number.NaN));
  if (chain.length === 0 || Number.isNaN(first))
    return [found('QTT4014', { ...at, severity: 'error' }, [user, 'cannot be read: expected PEM'])];
  const day = new X509Certificate(chain[ends.indexOf(first)] ?? '').validToDate.toISOString().slice(0, 10);
  if (first <= now) return [found('QTT4014', { ...at, severity: 'error' }, [user, `expired on ${day}`])];
  if (first - now > SOON_MS) return [];
  const days = Math.ceil((first - now) / DAY_MS);
  return [found('QTT4014', at, [user, `expires on ${day}, in ${days} ${days === 1 ? 'day' : 'days'}`])];
}

/** A Secret in a file may have its text plain or coded. */
function placeOf(subject: NativeSecret, { lineOf }: AnalysisWorld): string {
  const plain = 'stringData["tls.crt"]';
  const written = lineOf(subject, plain) > (subject.origin?.line ?? 0);
  return written ? plain : 'data["tls.crt"]';
}

function endOf(pem: string): number | undefined {
  try {
    return new X509Certificate(pem).validToDate.getTime();
  } catch {
    return undefined;
  }
}
