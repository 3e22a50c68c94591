import { answer, type Reply, type SeenRequest, startFaultServer } from '@tierseal/test-kit'
import { describe, expect, onTestFinished, test } from 'vitest'
import { RegistryClient } from './registry-client.ts'

async function tagsOf(
  script: (request: SeenRequest) => Reply,
  timeoutMs = 20_000,
): Promise<readonly string[]> {
  const server = await startFaultServer({ script })
  const client = new RegistryClient({ host: server.host, plainHttp: true, timeoutMs })
  onTestFinished(async () => {
    client.close()
    await server.stop()
  })
  return client.tagsList('dev/app')
}

const page = (tags: readonly string[], next?: string): Reply =>
  answer(200, { tags }, next === undefined ? {} : { link: `<${next}>; rel="next"` })

describe('a list of a registry', () => {
  test('is not read for ever', async () => {
    const tags = tagsOf(({ path }) => page(['1'], path), 700)
    await expect(tags).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' })
  })

  test('is taken in where a page has any number of entries', async () => {
    const tags = Array.from({ length: 200_000 }, (_, at) => String(at))
    expect(await tagsOf(() => page(tags))).toHaveLength(tags.length)
  })

  test('is not read at any size', async () => {
    const long = '1'.repeat(6 * 1024 * 1024)
    await expect(tagsOf(({ path }) => page([long], path))).rejects.toMatchObject({
      code: 'ANSWER_TOO_LARGE',
      message: expect.stringContaining('/v2/dev/app/tags/list has over 16 MiB'),
    })
  })

  test.each([
    'http://[',
    '/elsewhere/v2/dev/app/tags/list?last=1',
    '/v2/dev/other/tags/list?last=1',
  ])(
    'is refused where it goes on at %s, instead of taking its first page for all',
    async (next) => {
      await expect(tagsOf(() => page(['1'], next))).rejects.toMatchObject({
        code: 'REGISTRY_PROTOCOL',
        message: expect.stringContaining('dev/app tags/list?n=1000: the list goes on at'),
      })
    },
  )

  test.each(['/v2/dev/app/tags/list?last=1', 'list?last=1', '?last=1'])(
    'is followed to %s',
    async (next) => {
      const script = ({ path }: SeenRequest): Reply =>
        path === '/v2/dev/app/tags/list?last=1' ? page(['2']) : page(['1'], next)
      expect(await tagsOf(script)).toEqual(['1', '2'])
    },
  )
})
