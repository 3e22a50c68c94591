import { parseDigest } from '@tierseal/oci'
import { answer, type Reply, startFaultServer } from '@tierseal/test-kit'
import { expect, test } from 'vitest'
import { contentDigest } from './content.ts'
import { RegistryClient } from './registry-client.ts'

const manifest = parseDigest(`sha256:${'a'.repeat(64)}`)
const content = 'blob bytes'
const lied = { digest: contentDigest(Buffer.from(content)), size: 7 }
const large = 17 * 1024 * 1024

/** Asks a registry that answers like this for the blob of a descriptor. */
async function read(reply: Reply, descriptor = lied): Promise<string | undefined> {
  await using server = await startFaultServer({ script: () => reply })
  const client = new RegistryClient({ host: server.host, plainHttp: true, timeoutMs: 30_000 })
  try {
    return (await client.getBlob('dev/app', descriptor, manifest))?.toString()
  } finally {
    client.close()
  }
}

test('gives a blob that fits its descriptor', async () => {
  const { digest } = lied
  expect(await read(answer(200, content), { digest, size: content.length })).toBe(content)
})

test.each<[string, Reply, string]>([
  ['of another size', answer(200, content), '10 bytes'],
  [
    'too large to be read',
    (_, response) => void response.end(Buffer.alloc(large)),
    `${large} bytes`,
  ],
  [
    'too large to be read, of a size that nobody tells',
    (_, response) => void response.write(Buffer.alloc(large)),
    'over 16 MiB',
  ],
])('a blob %s does not fit its descriptor, and this is said', async (_what, reply, seen) => {
  await expect(read(reply)).rejects.toMatchObject({
    code: 'REGISTRY_SIZE_MISMATCH',
    message: expect.stringMatching(
      `dev/app blob ${lied.digest}: .* ${manifest} says 7 bytes, and the registry serves ${seen}$`,
    ),
    hint: expect.stringContaining(manifest),
  })
})

test('a blob that is too large to be read, as its descriptor says, is no lie', async () => {
  const descriptor = { ...lied, size: large }
  const reply: Reply = (_, response) => void response.end(Buffer.alloc(large))
  await expect(read(reply, descriptor)).rejects.toMatchObject({ code: 'ANSWER_TOO_LARGE' })
})

test('other content than was asked for is a mismatch of digests, whatever its size', async () => {
  await expect(read(answer(200, 'something else'))).rejects.toMatchObject({
    code: 'REGISTRY_DIGEST_MISMATCH',
  })
})
