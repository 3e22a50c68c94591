import { expect, test } from 'vitest'
import { answer, breakConnection, hang, slowly, startFaultServer, trickle } from './fault-server.ts'
import { startBlackHole } from './network/black-hole.ts'

async function failureOf(url: string, timeoutMs: number): Promise<string> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) })
    await response.text()
    return 'none'
  } catch (error) {
    return error instanceof Error ? error.name : 'unknown'
  }
}

test('plays its script and keeps what it saw', async () => {
  await using server = await startFaultServer({
    script: (_, index) => [answer(503), answer(429, { errors: [] }, { 'retry-after': '1' })][index],
  })
  const statuses = []
  for (const path of ['a', 'b', 'c']) statuses.push((await fetch(`${server.url}/${path}`)).status)
  expect(statuses).toEqual([503, 429, 404])
  expect(server.requests.map(({ path }) => path)).toEqual(['/a', '/b', '/c'])
})

test.each([
  ['hang', hang, 'TimeoutError'],
  ['trickle', trickle, 'TimeoutError'],
  ['breakConnection', breakConnection, 'TypeError'],
  ['slowly', slowly(20, answer(200)), 'none'],
])('%s is what it says', async (_name, reply, failure) => {
  await using server = await startFaultServer({ script: () => reply })
  expect(await failureOf(server.url, 400)).toBe(failure)
})

test('passes what the script lets through to the real server', async () => {
  await using real = await startFaultServer({ script: ({ path }) => answer(200, `real ${path}`) })
  await using front = await startFaultServer({
    script: (_, index) => (index === 0 ? answer(500) : undefined),
    upstream: { url: real.url },
  })
  expect((await fetch(`${front.url}/x`)).status).toBe(500)
  expect(await (await fetch(`${front.url}/x`)).text()).toBe('real /x')
})

test('a black hole swallows connections', async () => {
  await using hole = await startBlackHole()
  expect(await failureOf(`http://${hole.host}/`, 500)).toBe('TimeoutError')
})
