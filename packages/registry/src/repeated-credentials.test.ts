import { parseDigest } from '@tierseal/oci'
import { answer, type Reply, type SeenRequest, startFaultServer } from '@tierseal/test-kit'
import { expect, test } from 'vitest'
import { RegistryClient } from './registry-client.ts'

const digest = parseDigest(`sha256:${'a'.repeat(64)}`)
const credentials = { username: 'robot', password: 'hunter2-canary' }
const token = 'bearer-canary'

// Challenges, and then says in its error what it was sent, as a proxy does that is being looked into.
function repeating(scheme: string, status: number) {
  return ({ path, headers: { host, authorization = '' } }: SeenRequest): Reply => {
    if (path.startsWith('/token')) return answer(200, { token })
    const challenge = `${scheme} realm="http://${host}/token"`
    if (authorization === '') return answer(401, {}, { 'www-authenticate': challenge })
    return answer(status, {
      errors: [{ code: 'X', message: `${authorization} ${credentials.password}` }],
    })
  }
}

test.each([
  ['Basic', 400],
  ['Basic', 503],
  ['Bearer', 403],
])('what a registry repeats of %s credentials with %i is not shown', async (scheme, status) => {
  await using server = await startFaultServer({ script: repeating(scheme, status) })
  const options = { host: server.host, credentials, plainHttp: true, timeoutMs: 400 }
  const client = new RegistryClient(options)
  const failure = await client.getManifest('dev/app', digest).catch(String)
  client.close()
  expect(server.requests.at(-1)?.headers.authorization).toMatch(new RegExp(`^${scheme} .`))
  expect(failure).toContain(`X ${scheme} *** ***`)
  expect(failure).not.toMatch(/canary|cm9ib3Q6/)
})
