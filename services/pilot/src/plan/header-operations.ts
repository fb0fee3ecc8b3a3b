import type { Headers } from '@quintet/proto/istio/networking/v1alpha3/virtual_service_pb.js';
import type { HeaderOperations } from './route-types.ts';

/** A route or a destination of one, as far as headers go: the present form and the deprecated fields. */
export type WrittenHeaders = {
  readonly headers?: Headers | undefined;
  readonly appendHeaders?: Readonly<Record<string, string>>;
  readonly appendRequestHeaders: Readonly<Record<string, string>>;
  readonly appendResponseHeaders: Readonly<Record<string, string>>;
  readonly removeRequestHeaders: readonly string[];
  readonly removeResponseHeaders: readonly string[];
};

export const NO_HEADERS: HeaderOperations = { set: [], add: [], remove: [] };

/** What happens to request headers; the deprecated fields come on top of the present form. */
export function requestHeaders(written: WrittenHeaders): HeaderOperations {
  const { request } = written.headers ?? {};
  return operations({
    set: [request?.set ?? {}],
    add: [request?.add ?? {}, written.appendHeaders ?? {}, written.appendRequestHeaders],
    remove: [...(request?.remove ?? []), ...written.removeRequestHeaders],
  });
}

/** What happens to response headers. */
export function responseHeaders(written: WrittenHeaders): HeaderOperations {
  const { response } = written.headers ?? {};
  return operations({
    set: [response?.set ?? {}],
    add: [response?.add ?? {}, written.appendResponseHeaders],
    remove: [...(response?.remove ?? []), ...written.removeResponseHeaders],
  });
}

/** Both operations one after the other. */
export function joinHeaders(first: HeaderOperations, second: HeaderOperations): HeaderOperations {
  return {
    set: [...first.set, ...second.set].toSorted(byName),
    add: [...first.add, ...second.add].toSorted(byName),
    remove: [...new Set([...first.remove, ...second.remove])].toSorted(),
  };
}

function operations(written: {
  readonly set: readonly Readonly<Record<string, string>>[];
  readonly add: readonly Readonly<Record<string, string>>[];
  readonly remove: readonly string[];
}): HeaderOperations {
  const pairs = (maps: readonly Readonly<Record<string, string>>[]) =>
    maps
      .flatMap((map) => Object.entries(map).map(([name, value]) => ({ name: name.toLowerCase(), value })))
      .toSorted(byName);
  const remove = written.remove.map((name) => name.toLowerCase());
  return { set: pairs(written.set), add: pairs(written.add), remove: [...new Set(remove)].toSorted() };
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}
