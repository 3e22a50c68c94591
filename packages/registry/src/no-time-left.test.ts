import { parseDigest } from '@tierseal/oci'
import { answer, redirectTo, startFaultServer } from '@tierseal/test-kit'
import { expect, onTestFinished, test, vi } from 'vitest'
import { RegistryClient } from './registry-client.ts'

const digest = parseDigest(`sha256:${'a'.repeat(64)}`)

// The clock alone: the timers by which a request ends have to go on.
function passAnHour(): void {
  vi.setSystemTime(Date.now() + 3_600_000)
}

function clientOf(host: string): RegistryClient {
  vi.useFakeTimers({ toFake: ['Date'] })
  const credentials = { username: 'robot', password: 'secret' }
  const client = new RegistryClient({ host, credentials, plainHttp: true, timeoutMs: 10_000 })
  onTestFinished(() => {
    vi.useRealTimers()
    client.close()
  })
  return client
}

test.each([
  ['a challenge', 'Basic realm="lab"'],
  ['a challenge that names a token server', 'Bearer realm="http://127.0.0.1:1/token"'],
])('%s that comes after the deadline starts no request more', async (_what, challenge) => {
  await using server = await startFaultServer({
    script: () => {
      passAnHour()
      return answer(401, '', { 'www-authenticate': challenge })
    },
  })
  await expect(clientOf(server.host).getManifest('dev/app', digest)).rejects.toMatchObject({
    code: 'DEADLINE_EXCEEDED',
    message: expect.stringContaining('no time was left to ask it'),
  })
  expect(server.requests).toHaveLength(1)
})

test('the redirect of a blob that comes after the deadline is not followed', async () => {
  await using storage = await startFaultServer({ script: () => answer(200, 'blob') })
  await using server = await startFaultServer({
    script: () => {
      passAnHour()
      return redirectTo(storage.url)
    },
  })
  const asked = clientOf(server.host).getBlob('dev/app', { digest, size: 4 }, digest)
  await expect(asked).rejects.toMatchObject({
    code: 'DEADLINE_EXCEEDED',
    message: `${storage.url}: no time was left to ask it`,
  })
  expect(storage.requests).toEqual([])
})
