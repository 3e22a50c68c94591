import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { temporaryDirectory } from '@tierseal/test-kit'
import { expect, it } from 'vitest'
import { hashInputs } from './hash-inputs.ts'

const checkout = {
  'pnpm-lock.yaml': 'lockfileVersion: 9',
  'patches/core.patch': '+"sideEffects": false',
  'scripts/bundle.ts': 'export {}',
  'packages/vault/package.json': '{}',
  'packages/vault/lib/client.js': 'export {}',
  'packages/vault/no-axios/index.js': 'module.exports = {}',
  'packages/vault/no-axios/package.json': '{}',
  'actions/cosign-sign/lib/main.js': 'export {}',
}

const irrelevant = {
  'packages/vault/src/client.ts': 'export {}',
  'packages/vault/lib/client.d.ts': 'export {}',
  'packages/vault/node_modules/other/index.js': 'module.exports = {}',
  'actions/cosign-sign/dist/main/index.js': 'bundled',
}

function hashOf(files: Readonly<Record<string, string>>): string {
  const root = temporaryDirectory('checkout')
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return hashInputs(root)
}

it.each(Object.keys(checkout))('a bundle is stale when %s has changed', (path) => {
  expect(hashOf({ ...checkout, [path]: 'changed' })).not.toBe(hashOf(checkout))
})

it('is not for what it cannot hold', () => {
  expect(hashOf({ ...checkout, ...irrelevant })).toBe(hashOf(checkout))
})
