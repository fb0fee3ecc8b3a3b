import type { IncomingMessage } from 'node:http';
import { callBackend } from './call-backend.ts';
import { forwardedHeaders } from './forwarded-headers.ts';
import { renderPage } from './page.ts';
import { backendOf, readSettings } from './settings.ts';
import { type Answer, html, json, startService, text } from './web-service.ts';

// The page that readers see: it asks details and reviews, and shows what it got.
const settings = readSettings();
const details = backendOf('details');
const reviews = backendOf('reviews');
const BACKEND_TIMEOUT_MS = 6000;
const NAME_LIMIT = 64;

startService(settings, (request, url) => {
  switch (url.pathname) {
    case '/':
      return redirect('/productpage');
    case '/productpage':
      return productPage(request);
    case '/api/v1/products/0':
      return productData(request);
    case '/login':
      return signIn(url.searchParams.get('user') ?? '');
    case '/logout':
      return {
        ...redirect('/productpage'),
        headers: { location: '/productpage', 'set-cookie': cookie('', 0) },
      };
    default:
      return text(404, 'try /productpage');
  }
});

async function productPage(request: IncomingMessage): Promise<Answer> {
  const user = userOf(request);
  const { details, reviews } = await fetchProduct(request, user);
  return html(renderPage({ version: settings.version, user, details, reviews }));
}

async function productData(request: IncomingMessage): Promise<Answer> {
  return json(200, await fetchProduct(request, userOf(request)));
}

async function fetchProduct(request: IncomingMessage, user: string) {
  const headers = { ...forwardedHeaders(request.headers), ...(user === '' ? {} : { 'end-user': user }) };
  const ask = { headers, timeoutMs: BACKEND_TIMEOUT_MS };
  const [detailsAnswer, reviewsAnswer] = await Promise.all([
    callBackend({ ...ask, backend: details, path: '/details/0' }),
    callBackend({ ...ask, backend: reviews, path: '/reviews/0' }),
  ]);
  return { details: detailsAnswer, reviews: reviewsAnswer };
}

/** Who reads: the header `end-user`, else the cookie of the sign-in form. It is a name for routing, not a login. */
function userOf(request: IncomingMessage): string {
  const header = request.headers['end-user'];
  if (typeof header === 'string') return header;
  const [, value = ''] = /(?:^|;\s*)user=([A-Za-z0-9_-]*)/.exec(request.headers.cookie ?? '') ?? [];
  return value;
}

function signIn(name: string): Answer {
  const allowed = name.replaceAll(/[^A-Za-z0-9_-]/g, '').slice(0, NAME_LIMIT);
  return {
    ...redirect('/productpage'),
    headers: { location: '/productpage', 'set-cookie': cookie(allowed, 86_400) },
  };
}

function cookie(user: string, maxAge: number): string {
  return `user=${user}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${maxAge}`;
}

function redirect(location: string): Answer {
  return { ...text(303, location), headers: { location } };
}
