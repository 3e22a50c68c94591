import { expect, test } from 'vitest'
import { parseExtraArgument } from './extra-arguments.ts'

const refusedByKaniko = [
  '--no-push',
  '--no-push=true',
  '--noPush',
  '--digest-file=/tmp/x',
  '--image-name-with-digest-file=/x',
  '--image-name-tag-with-digest-file=/x',
  '--destination=elsewhere.example/app:1',
  '--force',
  '--kaniko-dir=/',
  '--skip-tls-verify',
  '--skip-tls-verify-pull',
  '--skip-tls-verify-registry=h',
  '--insecure',
  '--insecure-pull',
  '--insecure-registry=h',
  '--tar-path=/x',
  '--tarPath=/x',
  '--oci-layout-path=/x',
  '--dryrun',
  '--cleanup',
  '--pre-cleanup',
  '--context=dir:///',
  '--push-ignore-immutable-tag-errors',
  '--skip-push-permission-check',
  '--skip-default-registry-fallback=false',
  '--registry-map=index.docker.io=registry-1.docker.io',
  '--registry-mirror=mirror.example',
  '--credential-helpers=google',
  '--bucket=elsewhere',
  '--context-sub-path=/',
]

test.each(refusedByKaniko)('kaniko: refuses %s by name', (argument) => {
  expect(() => parseExtraArgument('kaniko', argument)).toThrow(
    expect.objectContaining({
      code: 'ARGUMENT_REFUSED',
      message: expect.stringContaining(argument.split('=')[0] ?? ''),
    }),
  )
})

test.each([
  '--tls-verify=false',
  '--volume=/:/host',
  '--authfile=/x',
  '--iidfile=/x',
  '--output=/x',
])('buildah: refuses %s by name', (argument) => {
  expect(() => parseExtraArgument('buildah', argument)).toThrow(
    expect.objectContaining({ code: 'ARGUMENT_REFUSED' }),
  )
})

test.each(['-d', '--compression zstd', 'compression=zstd', '--', '"--single-snapshot"'])(
  'refuses %j, which is not one argument of the form --name=value',
  (argument) => {
    expect(() => parseExtraArgument('kaniko', argument)).toThrow('is not --name[=value]')
  },
)

test.each(['--compression=zstd', '--single-snapshot', '--build-context=x=a b'])(
  'lets %j pass unchanged',
  (argument) => {
    expect(parseExtraArgument('kaniko', argument)).toBe(argument)
  },
)
