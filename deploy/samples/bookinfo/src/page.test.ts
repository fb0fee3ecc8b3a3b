import { describe, expect, it } from 'vitest';
import { forwardedHeaders } from './forwarded-headers.ts';
import { type PageContent, renderPage } from './page.ts';

const content: PageContent = {
  version: 'v1',
  user: '',
  details: { ok: true, body: { version: 'v1', title: 'A <b>title</b>', pages: 3, author: null } },
  reviews: {
    ok: true,
    body: {
      version: 'v3',
      reviews: [{ reader: 'first', text: 'Fine & well', rating: { colour: 'red', stars: 4 } }],
    },
  },
};

describe('renderPage', () => {
  it('shows what came back, escaped', () => {
    const page = renderPage(content);
    expect(page).toContain('<h1>A &lt;b&gt;title&lt;/b&gt;</h1>');
    expect(page).toContain('<dt>Pages</dt><dd>3</dd>');
    expect(page).not.toContain('Author');
    expect(page).toContain('Fine &amp; well');
    expect(page).toContain('<span class="stars red" role="img" aria-label="4 of 5 stars">★★★★☆</span>');
    expect(page).toContain('data-service="reviews" data-version="v3"');
  });

  it('says in place what is missing', () => {
    const page = renderPage({
      ...content,
      details: { ok: false, problem: 'details: 503 no <healthy> upstream' },
    });
    expect(page).toContain('The details cannot be shown at the moment.');
    expect(page).toContain('details: 503 no &lt;healthy&gt; upstream');
    expect(page).toContain('Fine &amp; well');
  });

  it.each([null, 'text', { reviews: 'none' }, { reviews: [7, null] }])('survives the answer %j', (body) => {
    expect(renderPage({ ...content, reviews: { ok: true, body } })).toContain('</html>');
  });

  it('shows who reads', () => {
    expect(renderPage({ ...content, user: '"x' })).toContain('Reading as <b>&quot;x</b>');
    expect(renderPage(content)).toContain('action="/login"');
  });
});

describe('forwardedHeaders', () => {
  it('hands on the trace and the user, nothing else', () => {
    expect(
      forwardedHeaders({
        'x-b3-traceid': '1',
        'end-user': 'tester',
        cookie: 'c',
        authorization: 'a',
        host: 'h',
      }),
    ).toEqual({ 'x-b3-traceid': '1', 'end-user': 'tester' });
  });
});
