import { expect, test } from 'vitest'
import { BuildDeadline } from '../build-deadline.ts'
import type { BuildRequest } from '../build-request.ts'
import { parseDestination } from '../destination.ts'
import { buildArguments, globalArguments, pushArguments } from './arguments.ts'
import { type BuildahPlace, registriesConf } from './place.ts'

const place: BuildahPlace = {
  storage: '/p/storage',
  runtime: '/p/runtime',
  certificates: '/p/certificates',
  secrets: '/p/secrets',
  authFile: '/p/auth.json',
  policy: '/p/policy.json',
  noRegistries: '/p/no-registries',
  shortNames: '/p/short-names.conf',
  environment: {},
}

const request: BuildRequest = {
  context: '/workspace',
  dockerfile: 'docker/Dockerfile',
  destinations: [parseDestination('r.internal/app:1'), parseDestination('r.internal/app:2')],
  buildArguments: [{ name: 'TEXT', value: 'two words' }],
  labels: [{ name: 'a', value: 'b' }],
  target: 'final',
  platform: 'linux/arm64',
  secrets: [{ id: 'token', value: Buffer.from('x') }],
  cacheRepository: 'r.internal/cache',
  reproducible: true,
  mirrors: [],
  extraArguments: ['--jobs=2'],
  verbosity: 'debug',
  access: {
    ca: undefined,
    clientCertificate: undefined,
    hosts: ['r.internal'],
    plainHttp: true,
    skipTlsVerify: false,
    dockerConfig: '{}',
  },
  deadline: new BuildDeadline(1000),
}

const access = [
  '--signature-policy=/p/policy.json',
  '--authfile=/p/auth.json',
  '--cert-dir=/p/certificates',
]

test('is the whole argv of a build with everything', () => {
  const flags = new Set(['--identity-label'])
  expect([...globalArguments(place, 'debug'), ...buildArguments(request, place, flags)]).toEqual([
    '--log-level=debug',
    '--root=/p/storage',
    '--runroot=/p/runtime',
    '--storage-driver=vfs',
    '--registries-conf-dir=/p/no-registries',
    '--short-name-alias-conf=/p/short-names.conf',
    'bud',
    '--jobs=2',
    '--isolation=chroot',
    '--http-proxy=false',
    '--identity-label=false',
    ...access,
    '--build-arg=TEXT=two words',
    '--label=a=b',
    '--target=final',
    '--platform=linux/arm64',
    '--timestamp=0',
    '--secret=id=token,src=/p/secrets/token',
    '--layers',
    '--cache-from=r.internal/cache',
    '--cache-to=r.internal/cache',
    '--tag=r.internal/app:1',
    '--file=/workspace/docker/Dockerfile',
    '/workspace',
  ])
})

test('pushes the one image to each destination', () => {
  const second = parseDestination('r.internal/app:2')
  expect(pushArguments(request, place, second, '/p/digest-1')).toEqual([
    'push',
    ...access,
    '--digestfile=/p/digest-1',
    'r.internal/app:1',
    'docker://r.internal/app:2',
  ])
})

const secure = { ...request.access, plainHttp: false }

test('asks no public registry, unless Docker Hub has a mirror', () => {
  expect(registriesConf([], secure)).toBe(
    'unqualified-search-registries = []\n\n[[registry]]\nlocation = "docker.io"\nblocked = true\n',
  )
  const mirrored = registriesConf(
    [{ registry: 'docker.io', replacement: 'r.internal/hub' }],
    secure,
  )
  expect(mirrored).toContain('unqualified-search-registries = ["docker.io"]')
  expect(mirrored).toContain('prefix = "docker.io"\nlocation = "r.internal/hub"\n')
  expect(mirrored).not.toContain('blocked')
})

test('takes the protection of TLS from the hosts of the inputs alone', () => {
  const mirrors = [{ registry: 'docker.io', replacement: 'r.internal/hub' }]
  for (const access of [
    { ...secure, plainHttp: true },
    { ...secure, skipTlsVerify: true },
  ]) {
    const conf = registriesConf(mirrors, access)
    expect(conf.match(/insecure = true/g)).toHaveLength(2)
    expect(conf).toContain('[[registry]]\nlocation = "r.internal"\ninsecure = true\n')
    expect(conf).toContain('location = "r.internal/hub"\ninsecure = true\n')
  }
  expect(registriesConf(mirrors, secure)).not.toContain('insecure')
})
