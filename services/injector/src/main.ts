import { runService } from '@quintet/runtime';
import { createApp } from './app.ts';
import { CONFIG } from './config.ts';

await runService({ name: 'injector', config: CONFIG, createApp });
