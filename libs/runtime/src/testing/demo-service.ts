import { execFileSync } from 'node:child_process';
import { defineConfig, runService } from '../index.ts';

// A service for the tests of runService: what it does is asked by flags.
const config = defineConfig({
  description: 'Shows how a service lives.',
  options: {
    configPath: { type: 'list', description: 'where configuration is read' },
    mode: {
      type: 'enum',
      values: ['work', 'fail', 'throw', 'hang', 'start'],
      default: 'work',
      description: 'what happens after the start',
    },
  },
});

await runService({
  name: 'demo',
  config,
  createApp: ({ config: { mode }, log }) => ({
    components: [
      {
        name: 'worker',
        failed: mode === 'fail' ? Promise.reject(new Error('broke')) : new Promise<never>(() => {}),
        start: () => {
          if (mode === 'throw') setImmediate(() => JSON.parse('{'));
          if (mode === 'start') log.info({ env: environmentOfChild() }, 'child');
        },
        stop: () => (mode === 'hang' ? new Promise<void>(() => {}) : log.info('worker stopped')),
      },
    ],
    debugPages: [{ path: '/debug/mode', description: 'the mode', show: () => ({ mode }) }],
  }),
});

/** What a program that this one starts finds in its environment. */
function environmentOfChild(): unknown {
  return JSON.parse(
    execFileSync(process.execPath, ['-p', 'JSON.stringify(process.env)'], { encoding: 'utf8' }),
  );
}
