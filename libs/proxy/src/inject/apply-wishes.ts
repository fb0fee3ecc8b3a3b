import type { PodWishes } from './annotations.ts';
import type { Capture } from './capture.ts';
import { objectAt } from './json-shape.ts';
import type { InjectionSettings } from './settings.ts';

/** The settings of one pod: what its annotations ask for goes over what the mesh says. */
export function applyWishes(settings: InjectionSettings, wishes: PodWishes): InjectionSettings {
  const { pilot, readiness, stats } = settings;
  return {
    ...settings,
    image: wishes.proxyImage ?? settings.image,
    resources: resourcesOf(settings, wishes),
    logLevel: wishes.logLevel ?? settings.logLevel,
    componentLogLevel: wishes.componentLogLevel ?? settings.componentLogLevel,
    statusPort: wishes.statusPort ?? settings.statusPort,
    readiness: {
      initialDelaySeconds: wishes.readinessInitialDelay ?? readiness.initialDelaySeconds,
      periodSeconds: wishes.readinessPeriod ?? readiness.periodSeconds,
      failureThreshold: wishes.readinessFailures ?? readiness.failureThreshold,
    },
    rewriteProbes: wishes.rewriteProbes ?? settings.rewriteProbes,
    capture: captureOf(settings.capture, wishes),
    pilot: {
      ...(wishes.discovery ?? pilot),
      mutualTls:
        wishes.controlPlaneAuth === undefined ? pilot.mutualTls : wishes.controlPlaneAuth === 'MUTUAL_TLS',
    },
    stats: {
      prefixes: [...stats.prefixes, ...(wishes.statsPrefixes ?? [])],
      suffixes: [...stats.suffixes, ...(wishes.statsSuffixes ?? [])],
      patterns: [...stats.patterns, ...(wishes.statsPatterns ?? [])],
    },
    userVolumes: [...settings.userVolumes, ...(wishes.userVolumes ?? [])],
    userMounts: [...settings.userMounts, ...(wishes.userMounts ?? [])],
  };
}

function captureOf(capture: Capture, wishes: PodWishes): Capture {
  return {
    ...capture,
    mode: wishes.interceptionMode ?? capture.mode,
    includeOutboundRanges: wishes.includeOutboundRanges ?? capture.includeOutboundRanges,
    excludeOutboundRanges: wishes.excludeOutboundRanges ?? capture.excludeOutboundRanges,
    excludeOutboundPorts: wishes.excludeOutboundPorts ?? capture.excludeOutboundPorts,
    includeInboundPorts: wishes.includeInboundPorts ?? capture.includeInboundPorts,
    excludeInboundPorts: wishes.excludeInboundPorts ?? capture.excludeInboundPorts,
    kubevirtInterfaces: wishes.kubevirtInterfaces ?? capture.kubevirtInterfaces,
  };
}

/** A pod that asks for processor or memory asks for exactly that: limits of the mesh could lie below its requests. */
function resourcesOf({ resources }: InjectionSettings, { proxyCpu, proxyMemory }: PodWishes) {
  if (proxyCpu === undefined && proxyMemory === undefined) return resources;
  const requests = {
    ...objectAt(resources, 'requests'),
    ...(proxyCpu !== undefined && { cpu: proxyCpu }),
    ...(proxyMemory !== undefined && { memory: proxyMemory }),
  };
  return { requests };
}
