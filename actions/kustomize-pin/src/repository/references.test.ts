import { describe, expect, test } from 'vitest'
import { readReferences } from './references.ts'

test('finds what may be a directory elsewhere', () => {
  const text =
    'resources: [../base, x.yaml]\nbases: [../old]\ncomponents: [../c]\ntransformers: [../t, "a: |\\n  b"]\n'
  expect(readReferences('k', text)).toEqual(['../base', 'x.yaml', '../old', '../c', '../t'])
})

test.each(['', '- a\n', 'resources: 1\n', ': ['])('finds nothing in %j', (text) => {
  expect(readReferences('k', text)).toEqual([])
})

describe('refuses a remote reference', () => {
  test.each([
    'resources: ["https://example.com/x.yaml"]',
    'resources: ["HTTP://example.com/x.yaml"]',
    'resources: ["ssh://git@host/x"]',
    'resources: ["git::https://host/x"]',
    'resources: ["git@host:x"]',
    'resources: ["github.com/owner/repository"]',
    'resources: ["host/x//y?ref=v1"]',
    'components: ["https://example.com/x"]',
    'crds: ["https://example.com/x"]',
    'patchesStrategicMerge: ["https://example.com/x"]',
    'patches: [{path: "https://example.com/x"}]',
    'replacements: [{path: "https://example.com/x"}]',
    'openapi: {path: "https://example.com/x"}',
    'configMapGenerator: [{files: ["a=https://example.com/x"]}]',
    'secretGenerator: [{envs: ["https://example.com/x"]}]',
  ])('%s', (text) => {
    expect(() => readReferences('k', text)).toThrow(
      expect.objectContaining({ code: 'PIN_REMOTE_RESOURCE' }),
    )
  })
})
