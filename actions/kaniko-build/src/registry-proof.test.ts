import { parseDigest } from '@tierseal/oci'
import { RegistryPool } from '@tierseal/registry'
import { answer, type FaultServer, startFaultServer } from '@tierseal/test-kit'
import { expect, test } from 'vitest'
import { parseDestination } from './destination.ts'
import { proveInRegistries } from './registry-proof.ts'

const built = parseDigest(`sha256:${'b'.repeat(64)}`)
const older = parseDigest(`sha256:${'0'.repeat(64)}`)

/** A registry that holds the built image, and knows it by the given tags. */
function startTags(tags: Readonly<Record<string, string>>): Promise<FaultServer> {
  const type = 'application/vnd.oci.image.manifest.v1+json'
  return startFaultServer({
    script: ({ path }) => {
      const reference = path.split('/manifests/')[1] ?? ''
      const digest = reference === built ? built : tags[reference]
      if (digest === undefined) return undefined
      return answer(200, '', { 'content-type': type, 'docker-content-digest': digest })
    },
  })
}

async function prove(tags: Readonly<Record<string, string>>): Promise<readonly string[]> {
  await using server = await startTags(tags)
  const pool = new RegistryPool({
    credentials: { username: undefined, password: undefined, dockerConfig: undefined },
    ca: undefined,
    clientCertificate: undefined,
    plainHttp: true,
    timeoutMs: 5000,
    onSecret: () => undefined,
  })
  const destinations = ['one', 'two'].map((tag) =>
    parseDestination(`${server.host}/dev/app:${tag}`),
  )
  try {
    await proveInRegistries(pool, destinations, built)
  } finally {
    await pool.close()
  }
  return server.requests.map(({ method, path }) => `${method} ${path}`)
}

test('asks for the digest once per repository, and for the tag of every destination', async () => {
  expect(await prove({ one: built, two: built })).toEqual([
    `HEAD /v2/dev/app/manifests/${built}`,
    'HEAD /v2/dev/app/manifests/one',
    'HEAD /v2/dev/app/manifests/two',
  ])
})

test('refuses a second tag of one repository that was not pushed', async () => {
  await expect(prove({ one: built })).rejects.toMatchObject({
    code: 'BUILD_NOT_IN_REGISTRY',
    message: expect.stringContaining('the registry has no 127.0.0.'),
  })
})

test('refuses a tag that names another image than the one that was built', async () => {
  await expect(prove({ one: built, two: older })).rejects.toMatchObject({
    code: 'BUILD_TAG_DIFFERS',
    message: expect.stringMatching(/\/dev\/app:two names sha256:000.*, and sha256:bbb.* was built/),
  })
})
