import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { askCredentialHelper } from './credential-helper.ts'
import { resolveCredentials } from './credentials.ts'

const host = 'registry.internal:5000'
const auth = Buffer.from('robot:pass:word').toString('base64')
const robot = { username: 'robot', password: 'pass:word' }

afterEach(() => vi.unstubAllEnvs())

function configFile(content: unknown): string {
  const directory = mkdtempSync(join(tmpdir(), 'tierseal-docker-'))
  const text = typeof content === 'string' ? content : JSON.stringify(content)
  writeFileSync(join(directory, 'config.json'), text, { mode: 0o600 })
  return join(directory, 'config.json')
}

test.each([
  ['host:port with auth', { [host]: { auth } }],
  ['host:port with user name and password', { [host]: robot }],
  ['https://host:port/v1/', { [`https://${host}/v1/`]: { auth } }],
])('reads an entry keyed %s', async (_what, auths) => {
  const dockerConfig = configFile({ auths })
  expect(await resolveCredentials({ dockerConfig }, host)).toEqual(robot)
})

test('takes the folder of a config.json too', async () => {
  const dockerConfig = join(configFile({ auths: { [host]: { auth } } }), '..')
  expect(await resolveCredentials({ dockerConfig }, host)).toEqual(robot)
})

test('does not take an entry without the port for a host with one', async () => {
  const dockerConfig = configFile({ auths: { 'registry.internal': { auth } } })
  expect(await resolveCredentials({ dockerConfig }, host)).toBeUndefined()
})

test('prefers user name and password over the file', async () => {
  const source = { username: 'a', password: 'b', dockerConfig: '/nowhere' }
  expect(await resolveCredentials(source, host)).toEqual({ username: 'a', password: 'b' })
})

test('refuses a user name without a password', async () => {
  await expect(resolveCredentials({ username: 'a' }, host)).rejects.toThrow(
    'registry-username is set and registry-password is empty',
  )
})

test.each([
  ['empty', ''],
  ['no JSON', '{"auths": {"h": {"password": "hunter2'],
  ['no object', '[]'],
  ['an auth that is not base64 of user:password', { auths: { [host]: { auth: '?!' } } }],
  ['an identity token', { auths: { [host]: { identitytoken: 'hunter2' } } }],
  [
    'an identity token with a user name, as docker login writes it',
    { auths: { [host]: { auth: btoa('robot:'), identitytoken: 'hunter2' } } },
  ],
])('refuses a config.json that is %s, without quoting it', async (_what, content) => {
  const failure = await resolveCredentials({ dockerConfig: configFile(content) }, host).catch(
    (error: unknown) => error,
  )
  expect(failure).toMatchObject({ code: 'DOCKER_CONFIG_INVALID' })
  expect(String(failure)).not.toContain('hunter2')
})

test('says that it is the identity token which cannot be used, and takes a password beside it', async () => {
  const token = { identitytoken: 'hunter2' }
  const alone = configFile({ auths: { [host]: { auth: btoa('robot:'), ...token } } })
  await expect(resolveCredentials({ dockerConfig: alone }, host)).rejects.toThrow(
    `the entry ${host} holds an identity token, which is not supported`,
  )
  const dockerConfig = configFile({ auths: { [host]: { auth, ...token } } })
  expect(await resolveCredentials({ dockerConfig }, host)).toEqual(robot)
})

test('refuses a named config.json that does not exist', async () => {
  const source = { dockerConfig: '/nowhere/config.json' }
  await expect(resolveCredentials(source, host)).rejects.toMatchObject({
    code: 'DOCKER_CONFIG_INVALID',
  })
})

test.each([
  ['in one line', JSON.stringify({ auths: { [host]: { auth } } })],
  ['in base64', btoa(JSON.stringify({ auths: { [host]: { auth } } }))],
  ['in several', JSON.stringify({ auths: { [host]: { auth } } }, undefined, 2)],
])(
  'refuses the text of a config.json %s in the place of its path, without quoting it',
  async (_how, text) => {
    const asked = resolveCredentials({ dockerConfig: text }, host)
    await expect(asked).rejects.toMatchObject({
      code: 'DOCKER_CONFIG_INVALID',
      message: 'docker-config holds the text of a config.json, expected its path',
    })
  },
)

test('does not wait for what a credential helper has left running', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'tierseal-helper-'))
  const program = join(directory, 'docker-credential-lab')
  writeFileSync(program, '#!/bin/sh\nsleep 30\necho\n')
  chmodSync(program, 0o755)
  vi.stubEnv('PATH', `${directory}:${process.env['PATH']}`)
  await expect(askCredentialHelper('lab', host, 200)).rejects.toMatchObject({
    code: 'CREDENTIAL_HELPER_FAILED',
    message: expect.stringContaining('it did not answer within 0.2 s'),
  })
})

test('names a credential helper that is configured and absent', async () => {
  const dockerConfig = configFile({ credHelpers: { [host]: 'tierseal-absent' } })
  await expect(resolveCredentials({ dockerConfig }, host)).rejects.toMatchObject({
    code: 'CREDENTIAL_HELPER_FAILED',
    message: expect.stringContaining('docker-credential-tierseal-absent'),
  })
})

test('asks a credential helper that is there, by the host on its stdin', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'tierseal-helper-'))
  const program = join(directory, 'docker-credential-lab')
  const script =
    '#!/bin/sh\nread -r host; echo "{\\"Username\\":\\"$host\\",\\"Secret\\":\\"s\\"}"\n'
  writeFileSync(program, script)
  chmodSync(program, 0o755)
  vi.stubEnv('PATH', `${directory}:${process.env['PATH']}`)
  const dockerConfig = configFile({ credsStore: 'lab' })
  expect(await resolveCredentials({ dockerConfig }, host)).toEqual({
    username: host,
    password: 's',
  })
})
