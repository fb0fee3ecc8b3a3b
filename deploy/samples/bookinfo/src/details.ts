import { readSettings } from './settings.ts';
import { json, startService, text } from './web-service.ts';

// The facts about a book.
const settings = readSettings();

startService(settings, (_, url) => {
  const [, id = ''] = /^\/details\/(\d+)$/.exec(url.pathname) ?? [];
  if (id === '') return text(404, 'try /details/0');
  return json(200, {
    id: Number(id),
    version: settings.version,
    title: 'Twenty Thousand Leagues Under the Seas',
    author: 'Jules Verne',
    year: 1870,
    type: 'paperback',
    pages: 448,
    publisher: 'Hetzel',
    language: 'French',
  });
});
