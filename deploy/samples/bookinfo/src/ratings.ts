import { readSettings } from './settings.ts';
import { json, startService, text } from './web-service.ts';

// How many stars each reader gives.
const settings = readSettings();

startService(settings, (_, url) => {
  const [, id = ''] = /^\/ratings\/(\d+)$/.exec(url.pathname) ?? [];
  if (id === '') return text(404, 'try /ratings/0');
  return json(200, { id: Number(id), version: settings.version, ratings: { first: 5, second: 4 } });
});
