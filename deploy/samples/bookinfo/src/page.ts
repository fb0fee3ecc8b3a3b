import type { BackendAnswer } from './call-backend.ts';
import { STYLE } from './page-style.ts';

export type PageContent = {
  readonly version: string;
  /** Empty when nobody is signed in. */
  readonly user: string;
  readonly details: BackendAnswer;
  readonly reviews: BackendAnswer;
};

/** The whole page. Each part stands alone: when one backend fails, the page says so in its place. */
export function renderPage({ version, user, details, reviews }: PageContent): string {
  const book = details.ok ? fieldsOf(details.body) : undefined;
  const title = book?.title ?? 'A book';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<header><span class="brand">Bookinfo</span>${signInForm(user)}</header>
<main>
<h1>${escapeHtml(title)}</h1>
<section aria-labelledby="details"><h2 id="details">Details ${badge('details', book?.version)}</h2>
${book === undefined ? problem('The details cannot be shown', details) : detailsList(book)}
</section>
<section aria-labelledby="reviews"><h2 id="reviews">Reviews ${badge('reviews', reviews.ok ? fieldsOf(reviews.body).version : undefined)}</h2>
${reviews.ok ? reviewList(reviews.body) : problem('The reviews cannot be shown', reviews)}
</section>
</main>
<footer>${badge('productpage', version)} Reload to be routed anew.</footer>
</body>
</html>
`;
}

function signInForm(user: string): string {
  return user === ''
    ? '<form action="/login"><label>Read as <input name="user" size="12" pattern="[A-Za-z0-9_\\-]+" required placeholder="tester"></label> <button>Go</button></form>'
    : `<form action="/logout"><span>Reading as <b>${escapeHtml(user)}</b></span> <button>Sign out</button></form>`;
}

function badge(service: string, version: string | undefined): string {
  if (version === undefined) return '';
  return `<small class="badge" data-service="${service}" data-version="${escapeHtml(version)}">${service} ${escapeHtml(version)}</small>`;
}

function problem(what: string, answer: BackendAnswer): string {
  return `<p class="problem" role="alert">${what} at the moment.<br><code>${escapeHtml(answer.ok ? '' : answer.problem)}</code></p>`;
}

const DETAILS: readonly (readonly [string, string])[] = [
  ['author', 'Author'],
  ['year', 'First published'],
  ['publisher', 'Publisher'],
  ['type', 'Type'],
  ['pages', 'Pages'],
  ['language', 'Language'],
];

function detailsList(book: Readonly<Record<string, string>>): string {
  const rows = DETAILS.flatMap(([key, label]) => {
    const value = book[key];
    return value === undefined ? [] : [`<dt>${label}</dt><dd>${escapeHtml(value)}</dd>`];
  });
  return `<dl>${rows.join('')}</dl>`;
}

function reviewList(body: unknown): string {
  const list: unknown = typeof body === 'object' && body !== null && 'reviews' in body ? body.reviews : [];
  const items = Array.isArray(list) ? list.map(reviewItem) : [];
  return items.length === 0 ? '<p>Nobody has written one yet.</p>' : items.join('\n');
}

function reviewItem(review: unknown): string {
  const { reader = '', text = '' } = fieldsOf(review);
  const rating =
    typeof review === 'object' && review !== null && 'rating' in review ? review.rating : undefined;
  return `<blockquote><p>${escapeHtml(text)}</p>${stars(rating)}<cite>The ${escapeHtml(reader)} reader</cite></blockquote>`;
}

function stars(rating: unknown): string {
  if (rating === undefined || rating === null) return '';
  const { stars: count, colour = '', problem: reason } = fieldsOf(rating);
  if (count === undefined) {
    return `<p class="problem" role="alert">No stars at the moment.<br><code>${escapeHtml(reason ?? '')}</code></p>`;
  }
  const full = Math.max(0, Math.min(5, Math.round(Number(count) || 0)));
  const shown = '★'.repeat(full) + '☆'.repeat(5 - full);
  return `<span class="stars ${colour === 'red' ? 'red' : 'black'}" role="img" aria-label="${full} of 5 stars">${shown}</span>`;
}

/** The text and number fields of a JSON object, as text. */
function fieldsOf(value: unknown): Record<string, string> {
  const fields: Record<string, string> = {};
  if (typeof value !== 'object' || value === null) return fields;
  for (const [key, field] of Object.entries(value)) {
    if (typeof field === 'string' || typeof field === 'number') fields[key] = String(field);
  }
  return fields;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(value: string): string {
  return value.replaceAll(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
}
