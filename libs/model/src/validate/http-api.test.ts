import { describe, expect, it } from 'vitest';
import { problems } from './testing-problems.ts';

describe('HTTPAPISpec', () => {
  it.each([
    [
      '{attributes: {attributes: {api.service: {stringValue: a}}}, patterns: [{httpMethod: GET, uriTemplate: "/a/{id}"}, {httpMethod: PUT, regex: "/b/.*"}], apiKeys: [{query: k}, {header: x-k}, {cookie: c}]}',
      [],
    ],
    ['{}', ['spec.patterns: expected at least one pattern, found none']],
    [
      '{attributes: {}, patterns: [{}, {httpMethod: GET, uriTemplate: ""}, {httpMethod: GET, regex: "("}], apiKeys: [{}, {query: ""}]}',
      [
        'spec.attributes: expected at least one attribute, found none',
        'spec.patterns[0].httpMethod: expected a method, found none',
        'spec.patterns[0]: expected uriTemplate or regex, found neither',
        'spec.patterns[1].uriTemplate: expected a value, found an empty one',
        expect.stringContaining('spec.patterns[2].regex: expected a regular expression'),
        'spec.apiKeys[0]: expected query, header or cookie, found none',
        'spec.apiKeys[1].query: expected a name, found none',
      ],
    ],
    [
      '{patterns: [{httpMethod: GET, uriTemplate: /a, attributes: {attributes: {a: {stringValue: ""}, b: {}, c: {stringMapValue: {}}, d: {int64Value: 0}, e: {boolValue: false}}}}]}',
      [
        'spec.patterns[0].attributes.attributes.a.stringValue: expected a value, found an empty one',
        'spec.patterns[0].attributes.attributes.b: expected a value, found none',
        'spec.patterns[0].attributes.attributes.c.stringMapValue: expected a value, found an empty one',
      ],
    ],
  ])('%s', (spec, expected) => {
    expect(problems('HTTPAPISpec', spec)).toEqual(expected);
  });
});

describe('HTTPAPISpecBinding', () => {
  it.each([
    ['{services: [{name: a, namespace: b, domain: c.d}], apiSpecs: [{name: x, namespace: y}]}', []],
    ['{services: [{service: "*"}], api_specs: [{name: x}]}', []],
    [
      '{}',
      [
        'spec.services: expected at least one service, found none',
        'spec.apiSpecs: expected at least one HTTPAPISpec, found none',
      ],
    ],
    [
      '{services: [{}], apiSpecs: [{namespace: a b}]}',
      [
        'spec.services[0]: expected name or service, found neither',
        'spec.apiSpecs[0].name: expected the name of a HTTPAPISpec, found none',
        'spec.apiSpecs[0].namespace: expected a namespace, found "a b"',
      ],
    ],
  ])('%s', (spec, expected) => {
    expect(problems('HTTPAPISpecBinding', spec)).toEqual(expected);
  });
});
