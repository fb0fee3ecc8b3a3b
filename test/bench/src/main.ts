import { runProgram } from '@quintet/runtime/command';
import { runBench } from './run-bench.ts';

runProgram(runBench);
