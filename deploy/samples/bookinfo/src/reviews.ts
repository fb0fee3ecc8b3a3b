import { callBackend } from './call-backend.ts';
import { forwardedHeaders } from './forwarded-headers.ts';
import { backendOf, readSettings } from './settings.ts';
import { json, startService, text } from './web-service.ts';

// What readers say about a book. VERSION v1 shows no stars, v2 black ones, v3 red ones.
const settings = readSettings();
const ratings = backendOf('ratings');
const STAR_COLOURS: Readonly<Record<string, string>> = { v2: 'black', v3: 'red' };
const RATINGS_TIMEOUT_MS = 3000;

const REVIEWS = [
  {
    reader: 'first',
    text: 'A journey I did not want to come up from. Every chapter opens another window on the deep.',
  },
  { reader: 'second', text: 'More fish than plot at times, and yet I read it in two nights.' },
] as const;

type Stars = { readonly colour: string; readonly stars?: number; readonly problem?: string };

startService(settings, async (request, url) => {
  const [, id = ''] = /^\/reviews\/(\d+)$/.exec(url.pathname) ?? [];
  if (id === '') return text(404, 'try /reviews/0');
  const colour = STAR_COLOURS[settings.version];
  const starsOf = colour === undefined ? () => undefined : await fetchStars(id, colour, request.headers);
  const reviews = REVIEWS.map((review) => ({ ...review, rating: starsOf(review.reader) }));
  return json(200, { id: Number(id), version: settings.version, reviews });
});

async function fetchStars(id: string, colour: string, incoming: Parameters<typeof forwardedHeaders>[0]) {
  const answer = await callBackend({
    backend: ratings,
    path: `/ratings/${id}`,
    headers: forwardedHeaders(incoming),
    timeoutMs: RATINGS_TIMEOUT_MS,
  });
  return (reader: string): Stars => {
    if (!answer.ok) return { colour, problem: answer.problem };
    const stars = starsIn(answer.body, reader);
    return stars === undefined ? { colour, problem: 'ratings: no stars in the answer' } : { colour, stars };
  };
}

function starsIn(body: unknown, reader: string): number | undefined {
  if (typeof body !== 'object' || body === null || !('ratings' in body)) return undefined;
  const list = body.ratings;
  if (typeof list !== 'object' || list === null) return undefined;
  const stars: unknown = Object.entries(list).find(([name]) => name === reader)?.[1];
  return typeof stars === 'number' ? stars : undefined;
}
