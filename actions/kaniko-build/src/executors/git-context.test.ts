import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { readBuildInputs } from '../inputs.ts'

const commit = 'c'.repeat(40)
const image = `r.internal:5000/platform/git@sha256:${'d'.repeat(64)}`
const good = {
  engine: 'kaniko',
  executor: 'kubernetes',
  context: '.',
  dockerfile: 'Dockerfile',
  verbosity: 'info',
  'kaniko-path': '/kaniko/executor',
  'timeout-seconds': '60',
  destination: 'r.internal:5000/app:1',
  'kubernetes-image': `r.internal:5000/platform/kaniko@sha256:${'e'.repeat(64)}`,
  'kubernetes-git-repository': 'https://git.internal/teams/shop.git',
  'kubernetes-git-commit': commit,
  'kubernetes-git-image': image,
}

beforeEach(() => given(good))
afterEach(() => vi.unstubAllEnvs())

function given(inputs: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(inputs))
    vi.stubEnv(`INPUT_${name.toUpperCase()}`, value)
}

function gitOf(inputs: Readonly<Record<string, string>> = {}) {
  given(inputs)
  return readBuildInputs().kubernetes.git
}

describe('a git context', () => {
  it('is a repository, a commit, a folder, and the image that clones', () => {
    const folder = {
      'kubernetes-git-folder': './services/shop/',
      'kubernetes-git-secret': 'reader',
    }
    expect(gitOf(folder)).toEqual({
      repository: 'https://git.internal/teams/shop.git',
      commit,
      folder: 'services/shop',
      secret: 'reader',
      image,
    })
  })

  it.each([
    'main',
    'v1.2.3',
    'refs/heads/main',
    'HEAD',
    'c'.repeat(7),
    'C'.repeat(40),
    `${commit} `.repeat(2),
  ])('refuses %j for a commit: a build has to know what it builds', (text) => {
    expect(() => gitOf({ 'kubernetes-git-commit': text })).toThrow(
      expect.objectContaining({
        code: 'INPUT_INVALID',
        message: expect.stringContaining('is not the full id of a commit'),
        hint: expect.stringContaining('can move'),
      }),
    )
  })

  it.each([
    'git://git.internal/teams/shop.git',
    'http://git.internal/teams/shop.git',
    'git@git.internal:teams/shop.git',
    'https://git.internal/shop.git#refs/heads/main',
    'https://git.internal/shop.git?x=1',
    'https://git.internal/',
    '--upload-pack=/bin/sh',
    'ext::sh -c id',
  ])('refuses %j for a repository', (text) => {
    expect(() => gitOf({ 'kubernetes-git-repository': text })).toThrow(
      'is not an address such as https://host/owner/name.git',
    )
  })

  it.each(['https://bot:', 'https://', 'HTTPS://bot:', 'git+https://bot:', 'bot:'])(
    'refuses credentials in the address behind %j, and does not repeat them',
    (start) => {
      const address = `${start}canary-token-7Q@git.internal/shop.git`
      const reading = () => gitOf({ 'kubernetes-git-repository': address })
      expect(reading).toThrow('it has credentials in it')
      expect(reading).not.toThrow('canary')
    },
  )

  it.each(['../shop', '/etc', 'a/../../b', 'a//b'])('refuses %j for a folder', (text) => {
    expect(() => gitOf({ 'kubernetes-git-folder': text })).toThrow('not a folder inside')
  })

  it('refuses a second context beside it', () => {
    expect(() => gitOf({ context: 'services/shop' })).toThrow(
      /context services\/shop are both set, and a build has one context/,
    )
  })

  it('refuses an executor that would build something else: the folder of the runner', () => {
    expect(() => gitOf({ executor: 'sandbox' })).toThrow(
      /kubernetes-git-repository, kubernetes-git-commit, .*: executor sandbox has no use for them$/,
    )
  })

  it.each([
    [
      ['kubernetes-git-commit', 'kubernetes-git-image'],
      'kubernetes-git-repository set, and kubernetes-git-commit, kubernetes-git-image empty',
    ],
    [
      ['kubernetes-git-repository'],
      'kubernetes-git-commit, kubernetes-git-image set, and kubernetes-git-repository empty',
    ],
  ])('refuses a half where %j is missing, and names it', (missing, message) => {
    expect(() => gitOf(Object.fromEntries(missing.map((name) => [name, ''])))).toThrow(message)
  })

  it('refuses an image of the clone by tag', () => {
    expect(() => gitOf({ 'kubernetes-git-image': 'r.internal:5000/platform/git:1' })).toThrow(
      expect.objectContaining({ code: 'REFERENCE_IS_TAG' }),
    )
  })
})
