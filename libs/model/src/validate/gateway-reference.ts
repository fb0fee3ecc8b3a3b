import { isDnsLabel, isHostPattern } from './names.ts';
import { type Report, shown } from './report.ts';

/** Checks references to gateways: `mesh`, a name, or `namespace/name`. */
export function checkGateways(gateways: readonly string[], path: string, report: Report): void {
  for (const [index, gateway] of gateways.entries()) {
    const [first = '', second, ...rest] = gateway.split('/');
    const own = second !== undefined && first === '.';
    const right =
      second === undefined
        ? isHostPattern(first) && !first.startsWith('*')
        : rest.length === 0 && (own || isDnsLabel(first)) && isDnsLabel(second);
    if (!right)
      report(`${path}[${index}]`, `expected "mesh", a name or namespace/name; found ${shown(gateway)}`);
  }
}
