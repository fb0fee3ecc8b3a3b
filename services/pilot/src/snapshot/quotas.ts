import { type ConfigObject, type Issue, resolveHost } from '@quintet/model';
import type { QuotaSpec, QuotaSpecBinding } from '@quintet/proto/istio/mixer/v1/config/client/quota_pb.js';
import type { IstioService } from '@quintet/proto/istio/mixer/v1/config/client/service_pb.js';
import { contentKey, objectKey, sourceOf } from './content-key.ts';
import { issueAbout } from './issue-about.ts';
import { type Keyed, reuse } from './reuse.ts';

/** Which quota specs count for which service. */
export type QuotaIndex = Keyed & {
  readonly bindings: readonly QuotaBinding[];
  readonly issues: readonly Issue[];
};

/** One binding, resolved. */
export type QuotaBinding = {
  /** Fully qualified, or `*` for every service. */
  readonly hosts: readonly string[];
  /** `<namespace>/<name>` of existing quota specs. */
  readonly specs: readonly string[];
  readonly sources: readonly string[];
};

/** Builds the index from specs and bindings, oldest first; references to missing specs give issues. */
export function buildQuotas(options: {
  readonly specs: readonly ConfigObject<QuotaSpec>[];
  readonly bindings: readonly ConfigObject<QuotaSpecBinding>[];
  readonly domain: string;
  readonly previous?: QuotaIndex;
}): QuotaIndex {
  const { specs, bindings, domain } = options;
  return reuse(options.previous, contentKey([[...specs, ...bindings].map(objectKey), domain]), (key) => {
    const known = new Set(specs.map((spec) => `${spec.namespace}/${spec.name}`));
    const issues: Issue[] = [];
    return { key, bindings: bindings.map((binding) => bind(binding, known, domain, issues)), issues };
  });
}

/** The quota specs of a service, sorted, each once. */
export function quotaSpecsFor(index: QuotaIndex, host: string): readonly string[] {
  const bound = index.bindings.filter(({ hosts }) => hosts.includes('*') || hosts.includes(host));
  return [...new Set(bound.flatMap(({ specs }) => specs))].toSorted();
}

function bind(
  binding: ConfigObject<QuotaSpecBinding>,
  known: ReadonlySet<string>,
  domain: string,
  issues: Issue[],
): QuotaBinding {
  const specs = binding.spec.quotaSpecs.flatMap((reference, index) => {
    const name = `${reference.namespace || binding.namespace}/${reference.name}`;
    if (known.has(name)) return [name];
    issues.push(
      issueAbout(binding, {
        code: 'IST0101',
        path: `spec.quotaSpecs[${index}]`,
        message: `QuotaSpec ${name} does not exist`,
      }),
    );
    return [];
  });
  return {
    hosts: binding.spec.services.map((service) => serviceHost(service, binding.namespace, domain)),
    specs,
    sources: [sourceOf(binding)],
  };
}

/** The host a binding means: `service` as written, else `<name>.<namespace>.svc.<domain>`. */
function serviceHost(service: IstioService, namespace: string, domain: string): string {
  if (service.service !== '') return resolveHost(service.service, service.namespace || namespace, domain);
  const suffix = service.domain === '' ? domain : service.domain.replace(/^svc\./, '');
  return resolveHost(service.name, service.namespace || namespace, suffix);
}
