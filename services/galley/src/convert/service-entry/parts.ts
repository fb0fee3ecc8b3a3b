import type { NativeEndpointSlice, NativeEndpoints } from '@quintet/model';
import { buildPart, type Part, type PartWorld } from './part.ts';
import type { PodReference } from './pod-index.ts';

type Backend = NativeEndpointSlice | NativeEndpoints;

/** A slice or Endpoints of a service; `part` is absent until it is asked for, and when it is stale. */
type Slot = { readonly service: string; readonly object: Backend; part?: Part; view?: string };

/**
 * The slices and Endpoints of one source, and what was made of them. What is made is kept until something that it was
 * made from changes: a change of one slice makes none of its sisters anew.
 */
export class Parts {
  readonly #byService = new Map<string, Map<string, Slot>>();
  /** Who is stale when a pod changes. One slot for itself, for there are tens of thousands of pods. */
  readonly #byPod = new Map<string, Slot | Set<Slot>>();

  /** Takes a slice or Endpoints over; gives the services concerned, as `namespace/name`. */
  apply(before: Backend | undefined, after: Backend | undefined): readonly string[] {
    const services = [...new Set([before, after].flatMap(serviceOf))];
    if (before !== undefined) this.#drop(before);
    const [service] = serviceOf(after);
    if (after === undefined || service === undefined) return services;
    const slots = this.#byService.get(service) ?? new Map<string, Slot>();
    this.#drop(after);
    slots.set(slotName(after), { service, object: after });
    this.#byService.set(service, slots);
    return services;
  }

  /**
   * What is made of the slices of a service, or of its Endpoints when it has no slice. Of a service with addresses of
   * two families, only the slices of the first: each instance has one in both, and is to be counted once.
   */
  of(service: string, world: PartWorld): readonly Part[] {
    const slots = [...(this.#byService.get(service)?.values() ?? [])];
    const slices = slots.filter(({ object }) => object.kind === 'EndpointSlice');
    const preferred = slices.filter(({ object }) => addressTypeOf(object) === world.family);
    const reachable = slices.filter(({ object }) => addressTypeOf(object) !== 'FQDN');
    const chosen = slices.length === 0 ? slots : preferred.length > 0 ? preferred : reachable;
    const view = viewKey(world);
    return chosen.map((slot) => this.#partOf(slot, world, view));
  }

  /** Makes stale what was made from a pod; gives the services concerned. */
  podChanged(reference: PodReference): readonly string[] {
    const found = this.#byPod.get(reference);
    const slots = found === undefined ? [] : isSlot(found) ? [found] : [...found];
    for (const slot of slots) this.#forget(slot);
    return slots.map(({ service }) => service);
  }

  /** Makes stale what was made from a node; gives the services concerned. Looks at every part: nodes seldom move. */
  nodeChanged(name: string): readonly string[] {
    return this.#forgetWhere((part) => part.nodes.includes(name));
  }

  /** Makes everything stale; gives all services. */
  everythingChanged(): readonly string[] {
    this.#forgetWhere(() => true);
    return [...this.#byService.keys()];
  }

  #partOf(slot: Slot, world: PartWorld, view: string): Part {
    if (slot.part !== undefined && slot.view === view) return slot.part;
    this.#forget(slot);
    const part = buildPart(slot.object, world);
    slot.part = part;
    slot.view = view;
    for (const pod of part.pods) this.#link(pod, slot);
    return part;
  }

  #drop(object: Backend): void {
    const [service] = serviceOf(object);
    const slots = service === undefined ? undefined : this.#byService.get(service);
    const slot = slots?.get(slotName(object));
    if (service === undefined || slots === undefined || slot === undefined) return;
    this.#forget(slot);
    slots.delete(slotName(object));
    if (slots.size === 0) this.#byService.delete(service);
  }

  #forget(slot: Slot): void {
    for (const pod of slot.part?.pods ?? []) this.#unlink(pod, slot);
    delete slot.part;
    delete slot.view;
  }

  #forgetWhere(isStale: (part: Part) => boolean): readonly string[] {
    const services: string[] = [];
    for (const slots of this.#byService.values()) {
      for (const slot of slots.values()) {
        if (slot.part === undefined || !isStale(slot.part)) continue;
        this.#forget(slot);
        services.push(slot.service);
      }
    }
    return services;
  }

  #link(key: string, slot: Slot): void {
    const found = this.#byPod.get(key);
    if (found === undefined || found === slot) this.#byPod.set(key, slot);
    else if (isSlot(found)) this.#byPod.set(key, new Set([found, slot]));
    else found.add(slot);
  }

  #unlink(key: string, slot: Slot): void {
    const found = this.#byPod.get(key);
    if (found === undefined) return;
    if (isSlot(found)) {
      if (found === slot) this.#byPod.delete(key);
      return;
    }
    found.delete(slot);
    if (found.size === 0) this.#byPod.delete(key);
  }
}

function isSlot(found: Slot | Set<Slot>): found is Slot {
  return 'object' in found;
}

/** What of the world a part was made for; what pods and nodes say is watched one by one. */
function viewKey({ portNames, publishNotReady }: PartWorld): string {
  return JSON.stringify([publishNotReady, portNames]);
}

function serviceOf(object: Backend | undefined): string[] {
  if (object === undefined) return [];
  const name = object.kind === 'EndpointSlice' ? object.spec.serviceName : object.name;
  return name === '' ? [] : [`${object.namespace}/${name}`];
}

function slotName({ kind, name }: Backend): string {
  return `${kind}/${name}`;
}

function addressTypeOf(object: Backend): string {
  return object.kind === 'EndpointSlice' ? object.spec.addressType : '';
}
