import { destinationRules, serviceEntries, virtualServices } from './service-world.ts';

/** How the 10,000 objects are made up. */
export const MIXED = { services: 2500, policies: 1500, gateways: 500, sidecars: 500 };

const API = 'networking.istio.io/v1alpha3';

/** Objects of many kinds, a document each: 2,500 services with an entry, rules and routes each, and what surrounds them. */
export function mixedObjects(): readonly string[] {
  const size = { services: MIXED.services, endpoints: 4, ruledEvery: 1 };
  const policies = numbers(MIXED.policies).map(
    (index) => `apiVersion: security.istio.io/v1beta1
kind: AuthorizationPolicy
metadata: { name: policy-${index}, namespace: default }
spec:
  selector: { matchLabels: { app: svc-${index} } }
  rules:
    - from: [{ source: { principals: [cluster.local/ns/default/sa/svc-${index + 1}] } }]
      to: [{ operation: { methods: [GET], paths: [/api/*] } }]
`,
  );
  const gateways = numbers(MIXED.gateways).map(
    (index) => `apiVersion: ${API}
kind: Gateway
metadata: { name: gateway-${index}, namespace: default }
spec:
  selector: { istio: ingressgateway }
  servers:
    - { port: { number: 80, name: http, protocol: HTTP }, hosts: [svc-${index}.example.com] }
`,
  );
  const sidecars = numbers(MIXED.sidecars).map(
    (index) => `apiVersion: ${API}
kind: Sidecar
metadata: { name: sidecar-${index}, namespace: default }
spec:
  workloadSelector: { labels: { app: svc-${index} } }
  egress: [{ hosts: ['./*', istio-system/*] }]
`,
  );
  const services = [serviceEntries(size), destinationRules(size), virtualServices(size, 'first')];
  return [...services.flatMap((text) => text.split('---\n')), ...policies, ...gateways, ...sidecars];
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
