import { parseYaml } from '@tierseal/yaml-edit'
import { describe, expect, test } from 'vitest'
import { readReferences } from './references.ts'

const read = (text: string) => readReferences(parseYaml('k', text))

test('finds what may be a directory elsewhere', () => {
  const text =
    'resources: [../base, x.yaml]\nbases: [../old]\ncomponents: [../c]\ntransformers: [../t, "a: |\\n  b"]\n'
  expect(read(text)).toEqual([
    ...['../base', 'x.yaml', '../old', '../c'].map((path) => ({ path, plugin: false })),
    { path: '../t', plugin: true },
  ])
})

test.each(['~\n', '- a\n', 'resources: 1\n'])('finds nothing in %j', (text) => {
  expect(read(text)).toEqual([])
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
    'patches: [{PATH: "https://example.com/x"}]',
    'replacements: [{path: "https://example.com/x"}]',
    'openapi: {path: "https://example.com/x"}',
    'configMapGenerator: [{files: ["a=https://example.com/x"]}]',
    'configMapGenerator: [{file\u017f: ["a=https://example.com/x"]}]',
    'secretGenerator: [{envs: ["https://example.com/x"]}]',
    'secretGenerator: [{envs: ["https://example.com/x?a=b"]}]',
    'generators: ["envs: [https://example.com/x]\\n"]',
    'generators: ["{Files: [a=https://example.com/x]}"]',
    'transformers: ["patches: [{path: https://example.com/x}]\\n"]',
  ])('%s', (text) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ code: 'PIN_REMOTE_RESOURCE' }))
  })
})

test.each(['Resources: [a]', 'REſources: [a]', 'resource: [a]'])(
  'refuses the field of %s',
  (text) => {
    expect(() => read(text)).toThrow(
      expect.objectContaining({
        code: 'PIN_KUSTOMIZATION_INVALID',
        hint: 'Write resources, or remove the field.',
      }),
    )
  },
)

test('refuses a tag in the configuration of a plugin, which Kustomize may decode', () => {
  const text = 'generators: ["envs: [!!binary aHR0cHM6Ly9leGFtcGxlLmNvbS94]\\n"]\n'
  expect(() => read(text)).toThrow('k holds the tag !!binary')
})
