import { runProgram } from '@quintet/runtime/command';
import { runCli } from './cli.ts';

runProgram(runCli);
