import { createHash } from 'node:crypto'
import { parseDigest, parseDigestReference } from '@tierseal/oci'
import { RegistryPool } from '@tierseal/registry'
import { answer, type FaultServer, slowly, startFaultServer } from '@tierseal/test-kit'
import { expect, test } from 'vitest'
import { findTargets } from './targets.ts'

const imageType = 'application/vnd.oci.image.manifest.v1+json'
const indexType = 'application/vnd.oci.image.index.v1+json'

function digestOf(text: string) {
  return parseDigest(`sha256:${createHash('sha256').update(text).digest('hex')}`)
}

const leaf = JSON.stringify({ schemaVersion: 2, mediaType: imageType })
const leafEntry = { mediaType: imageType, digest: digestOf(leaf), size: leaf.length }

/** A registry that wants a password and holds these indexes, and the leaf that they may name. */
function serve(...indexes: readonly string[]): Promise<FaultServer> {
  const stored = new Map([
    [digestOf(leaf), { body: leaf, type: imageType }],
    ...indexes.map((body) => [digestOf(body), { body, type: indexType }] as const),
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

function poolOf(timeoutMs = 2000) {
  const credentials = { username: 'bot', password: 'canary-password' }
  return new RegistryPool({ credentials, plainHttp: true, timeoutMs, onSecret: () => {} })
}

function find(servers: readonly FaultServer[], index: string, recursive = true) {
  const images = servers.map(({ host }) =>
    parseDigestReference(`${host}/dev/app@${digestOf(index)}`),
  )
  return findTargets({ images, recursive, timeoutMs: 10_000 }, poolOf())
}

test('one password is never shown to a second registry', async () => {
  const index = JSON.stringify({ manifests: [] })
  await using one = await serve(index)
  await using two = await serve(index)
  await expect(find([one, two], index, false)).rejects.toMatchObject({
    code: 'INPUT_INVALID',
    message: expect.stringContaining(two.host),
  })
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

function entryOf(index: string) {
  return { mediaType: indexType, digest: digestOf(index), size: index.length }
}

test('an index that names another twice is walked once, however deep that goes', async () => {
  const indexes = [JSON.stringify({ manifests: [leafEntry] })]
  for (let depth = 0; depth < 10; depth++) {
    const entry = entryOf(indexes[0] ?? '')
    indexes.unshift(JSON.stringify({ manifests: [entry, entry] }))
  }
  await using server = await serve(...indexes)
  const targets = await find([server], indexes[0] ?? '')
  expect(targets.map(({ image }) => image.digest)).toEqual([...indexes, leaf].map(digestOf))
  expect(server.requests.length).toBeLessThan(40)
})

test('an index of more images than anybody builds is refused before they are all asked for', async () => {
  const manifests = Array.from({ length: 1001 }, (_, at) => ({
    ...leafEntry,
    digest: digestOf(String(at)),
  }))
  const index = JSON.stringify({ manifests })
  await using server = await serve(index)
  await expect(find([server], index)).rejects.toMatchObject({
    code: 'SIGN_INDEX',
    message: expect.stringContaining('more than 1000'),
  })
  expect(server.requests.length).toBeLessThan(10)
})

test('all images have to be found by one deadline', async () => {
  await using server = await startFaultServer({ script: () => slowly(400, answer(503)) })
  const images = Array.from({ length: 40 }, (_, at) =>
    parseDigestReference(`${server.host}/dev/app@${digestOf(String(at))}`),
  )
  const startedAt = Date.now()
  const finding = findTargets({ images, recursive: true, timeoutMs: 1000 }, poolOf(60_000))
  const code = expect.stringMatching(/^(REGISTRY_BUSY|DEADLINE_EXCEEDED)$/)
  await expect(finding).rejects.toMatchObject({ code })
  expect(Date.now() - startedAt).toBeLessThan(8_000)
})

test('several images are looked for at a time, and keep their order', async () => {
  const indexes = ['a', 'b', 'c'].map((note) => JSON.stringify({ manifests: [leafEntry], note }))
  await using server = await serve(...indexes)
  const images = indexes.map((index) =>
    parseDigestReference(`${server.host}/dev/app@${digestOf(index)}`),
  )
  const targets = await findTargets({ images, recursive: true, timeoutMs: 10_000 }, poolOf())
  const [first = '', ...rest] = indexes.map(digestOf)
  expect(targets.map(({ image }) => image.digest)).toEqual([first, digestOf(leaf), ...rest])
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
