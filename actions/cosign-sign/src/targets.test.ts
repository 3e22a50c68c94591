import { createHash } from 'node:crypto'
import { parseDigest, parseDigestReference } from '@tierseal/oci'
import { RegistryPool } from '@tierseal/registry'
import { answer, type FaultServer, startFaultServer } from '@tierseal/test-kit'
import { expect, test } from 'vitest'
import { findTargets } from './targets.ts'

const imageType = 'application/vnd.oci.image.manifest.v1+json'
const indexType = 'application/vnd.oci.image.index.v1+json'

function digestOf(text: string) {
  return parseDigest(`sha256:${createHash('sha256').update(text).digest('hex')}`)
}

const leaf = JSON.stringify({ schemaVersion: 2, mediaType: imageType })
const leafEntry = { mediaType: imageType, digest: digestOf(leaf), size: leaf.length }

/** A registry that wants a password and holds one index, and the leaf that it may name. */
function serve(index: string): Promise<FaultServer> {
  const stored = new Map([
    [digestOf(leaf), { body: leaf, type: imageType }],
    [digestOf(index), { body: index, type: indexType }],
  ])
  return startFaultServer({
    script: ({ path, headers, method }) => {
      if (headers['authorization'] === undefined) {
        return answer(401, '', { 'www-authenticate': 'Basic realm="x"' })
      }
      const found = stored.get(parseDigest(path.split('/').at(-1) ?? ''))
      if (found === undefined) return answer(404, '{}', { 'content-type': 'application/json' })
      const { body, type } = found
      const headersOf = { 'docker-content-digest': digestOf(body), 'content-type': type }
      return answer(200, method === 'HEAD' ? '' : body, headersOf)
    },
  })
}

function poolOf() {
  const credentials = { username: 'bot', password: 'canary-password' }
  return new RegistryPool({ credentials, plainHttp: true, timeoutMs: 2000, onSecret: () => {} })
}

function find(servers: readonly FaultServer[], index: string, recursive = true) {
  const images = servers.map(({ host }) =>
    parseDigestReference(`${host}/dev/app@${digestOf(index)}`),
  )
  return findTargets({ images, recursive }, poolOf())
}

test('one password is never shown to a second registry', async () => {
  const index = JSON.stringify({ manifests: [] })
  await using one = await serve(index)
  await using two = await serve(index)
  await expect(find([one, two], index, false)).rejects.toMatchObject({
    code: 'INPUT_INVALID',
    message: expect.stringContaining(two.host),
  })
  expect(one.requests.at(-1)?.headers['authorization']).toBeDefined()
  expect(two.requests).toEqual([])
})

test('an index gives itself and its images, none twice', async () => {
  const index = JSON.stringify({ manifests: [leafEntry, leafEntry] })
  await using server = await serve(index)
  const targets = await find([server], index)
  expect(targets.map(({ image, named }) => [image.digest, named])).toEqual([
    [digestOf(index), true],
    [digestOf(leaf), false],
  ])
})

test.each([
  ['of another algorithm', { ...leafEntry, digest: `sha512:${'a'.repeat(128)}` }],
  ['without a digest', { mediaType: imageType, size: 1 }],
  ['that is no object', 'manifest'],
])('an index with an entry %s is refused, not signed without it', async (_what, entry) => {
  const index = JSON.stringify({ manifests: [leafEntry, entry] })
  await using server = await serve(index)
  await expect(find([server], index)).rejects.toMatchObject({
    code: 'SIGN_INDEX',
    message: expect.stringContaining('manifests[1]'),
  })
})

test('an index that is no JSON is refused, not signed without its images', async () => {
  await using server = await serve('manifests')
  await expect(find([server], 'manifests')).rejects.toMatchObject({ code: 'SIGN_INDEX' })
})
