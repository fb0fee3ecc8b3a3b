/** A mixer rule `name` in `default` that refuses the requests it matches with 403, and what it needs. */
export function refusal(name: string, match: string): string {
  return `
apiVersion: config.istio.io/v1alpha2
kind: handler
metadata: { name: ${name}, namespace: default }
spec: { compiledAdapter: denier, params: { status: { code: 7, message: refused for the test } } }
---
apiVersion: config.istio.io/v1alpha2
kind: instance
metadata: { name: ${name}, namespace: default }
spec: { compiledTemplate: checknothing }
---
apiVersion: config.istio.io/v1alpha2
kind: rule
metadata: { name: ${name}, namespace: default }
spec:
  match: '${match}'
  actions: [{ handler: ${name}, instances: [${name}] }]
`;
}
