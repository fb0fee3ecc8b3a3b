import type { EventPublisher } from '@quintet/bus';
import { formatIssue } from '@quintet/model';
import type { LoadOutcome } from './injection/injection-files.ts';
import type { Verdict } from './review/review-pod.ts';

/** What the injector tells the mesh; pods that stay as they are are no news. */
export type InjectorEvents = {
  decided(verdict: Verdict): void;
  loaded(outcome: LoadOutcome): void;
};

/** Tells by the bus. Telling never fails. */
export function createInjectorEvents(publisher: EventPublisher): InjectorEvents {
  return {
    decided(verdict) {
      const { outcome, reason, message, pod, namespace } = verdict;
      if (outcome === 'skipped') return;
      publisher.publish({
        type: outcome === 'injected' ? 'injection.applied' : 'injection.denied',
        severity: outcome === 'injected' ? 'info' : 'warning',
        message: `pod ${pod} in ${namespace}: ${outcome}, ${message}`,
        resource: { kind: 'Pod', namespace, name: pod },
        attributes: { reason },
      });
    },
    loaded({ result, version, issues }) {
      publisher.publish({
        type: `config.${result}`,
        severity: result === 'applied' ? 'info' : 'error',
        message:
          result === 'applied'
            ? `injection configuration ${version.slice(0, 12)} is in use`
            : `injection configuration rejected, ${version.slice(0, 12)} stays in use: ${issues.map(formatIssue).join('; ')}`,
        attributes: { version, issues: issues.map(({ code }) => code).join(',') },
      });
    },
  };
}
