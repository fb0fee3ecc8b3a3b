import type { BenchCase } from './bench-case.ts';
import { citadelIssue } from './cases/citadel-issue.ts';
import { exprEval } from './cases/expr-eval.ts';
import { galley10k } from './cases/galley-10k.ts';
import { galleyKube } from './cases/galley-kube.ts';
import { galleyLoad } from './cases/galley-load.ts';
import { meshMemory } from './cases/mesh-memory.ts';
import { meshStart } from './cases/mesh-start.ts';
import { mixerCheck } from './cases/mixer-check.ts';
import { pilotPush } from './cases/pilot-push.ts';
import { saveToAck } from './cases/save-to-ack.ts';
import { validate1000 } from './cases/validate-1000.ts';

/** All cases, in the order in which they run. */
export const CASES: readonly BenchCase[] = [
  meshStart,
  meshMemory,
  saveToAck,
  exprEval,
  citadelIssue,
  mixerCheck,
  galleyLoad,
  galley10k,
  galleyKube,
  validate1000,
  pilotPush,
];
