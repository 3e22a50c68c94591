import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Credentials } from '@tierseal/registry'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { composeDockerConfig } from './docker-config.ts'

const ours = 'registry.internal:5000'
const base = 'base.internal'
const robot = { username: 'robot', password: 'pass:word' }
const entryOf = ({ username, password }: Credentials) => ({
  auth: Buffer.from(`${username}:${password}`).toString('base64'),
})
let directory: string
let printed = ''

beforeEach(() => {
  printed = ''
  directory = mkdtempSync(join(tmpdir(), 'tierseal-docker-config-'))
  vi.stubEnv('PATH', `${directory}:${process.env['PATH']}`)
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    printed += String(chunk)
    return true
  })
})

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
  rmSync(directory, { recursive: true })
})

/** A credential helper that knows every host, under the host's own name. */
function placeHelper(): void {
  const answer = '{\\"Username\\":\\"$host\\",\\"Secret\\":\\"of-the-helper\\"}'
  const script = `#!/bin/sh\nread -r host; echo "${answer}"\n`
  writeFileSync(join(directory, 'docker-credential-lab'), script, { mode: 0o755 })
}

async function compose(
  content: unknown,
  given: ReadonlyMap<string, Credentials> = new Map(),
): Promise<unknown> {
  const dockerConfig = join(directory, 'config.json')
  writeFileSync(dockerConfig, JSON.stringify(content))
  return JSON.parse(await composeDockerConfig({ dockerConfig }, [ours], given))
}

test('holds the entries of the file and the credentials of the inputs, which go before', async () => {
  const content = { auths: { [ours]: entryOf(robot), [`https://${base}/v1/`]: robot } }
  const given = new Map([[ours, { username: 'input', password: 'of-the-input' }]])
  expect(await compose(content, given)).toEqual({
    auths: {
      [ours]: entryOf({ username: 'input', password: 'of-the-input' }),
      [base]: entryOf(robot),
    },
  })
  expect(printed).toContain('::add-mask::of-the-input')
  expect(printed).toContain('::add-mask::pass:word')
})

test('asks no helper for a host whose credentials the inputs give', async () => {
  const given = new Map([[ours, robot]])
  expect(await compose({ credsStore: 'absent' }, given)).toEqual({
    auths: { [ours]: entryOf(robot) },
  })
})

test('fails where the helper of a registry of the build does', async () => {
  await expect(compose({ credsStore: 'absent' })).rejects.toMatchObject({
    code: 'CREDENTIAL_HELPER_FAILED',
  })
})

test('asks the helpers of base images too, since there are none where the engine runs', async () => {
  placeHelper()
  const secret = (username: string) => entryOf({ username, password: 'of-the-helper' })
  expect(await compose({ credHelpers: { [base]: 'lab' } })).toEqual({
    auths: { [base]: secret(base) },
  })
  // As docker login leaves it with a store: the entry says only that the host is known.
  expect(await compose({ auths: { [base]: {} }, credsStore: 'lab' })).toEqual({
    auths: { [base]: secret(base), [ours]: secret(ours) },
  })
})

test.each([
  ['a helper that is not there', { credHelpers: { [base]: 'absent' } }],
  ['no base64', { auths: { [base]: { auth: '?!' } } }],
])(
  'leaves out a registry that this build does not name, with a line: %s',
  async (_what, content) => {
    expect(await compose(content)).toEqual({ auths: {} })
    expect(printed).toMatch(/^docker-config: without base\.internal: /m)
  },
)

test.each([
  ['alone', { identitytoken: 'of-the-identity' }],
  ['with a user name', { auth: btoa('robot:'), identitytoken: 'of-another' }],
])('keeps an identity token %s, which the engine can use', async (_how, entry) => {
  expect(await compose({ auths: { [base]: entry } })).toEqual({ auths: { [base]: entry } })
  expect(printed).toContain(`::add-mask::${entry.identitytoken}`)
})

test('refuses an identity token of a registry of the build, which this action cannot use', async () => {
  await expect(compose({ auths: { [ours]: { identitytoken: 'x' } } })).rejects.toMatchObject({
    code: 'DOCKER_CONFIG_INVALID',
  })
})
