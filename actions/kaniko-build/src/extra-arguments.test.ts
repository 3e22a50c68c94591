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
  '--a-flag-of-a-later-version',
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
  '--build-context=host=/',
  '--from=dir:/',
  '--registries-conf=/etc/containers/registries.conf',
  '--sbom=syft',
  '--metadata-file=/x',
  '--devices',
  '--network=host',
])('buildah: refuses %s by name', (argument) => {
  expect(() => parseExtraArgument('buildah', argument)).toThrow(
    expect.objectContaining({
      code: 'ARGUMENT_REFUSED',
      message: expect.stringContaining(argument.split('=')[0] ?? ''),
    }),
  )
})

test.each(['-d', '--compression zstd', 'compression=zstd', '--', '"--single-snapshot"'])(
  'refuses %j, which is not one argument of the form --name=value',
  (argument) => {
    expect(() => parseExtraArgument('kaniko', argument)).toThrow('is not --name[=value]')
  },
)

test.each([
  ['--compression', 'needs a value'],
  ['--annotation=', 'needs a value'],
  ['--single-snapshot=maybe', 'takes true or false'],
])('refuses %j, of which an engine could take the next argument for the value', (line, flaw) => {
  expect(() => parseExtraArgument('kaniko', line)).toThrow(flaw)
})

test.each([
  ['kaniko', '--compression=zstd'],
  ['kaniko', '--single-snapshot'],
  ['kaniko', '--single-snapshot=false'],
  ['kaniko', '--annotation=text=two words, = and all'],
  ['buildah', '--annotation=text=two words'],
  ['buildah', '--jobs=2'],
  ['buildah', '--squash'],
] as const)('%s: lets %j pass unchanged', (engine, argument) => {
  expect(parseExtraArgument(engine, argument)).toBe(argument)
})

test('names those that may be given, and the input that is meant', () => {
  const refusal = expect.objectContaining({
    message: 'extra-args: --registry-mirror is refused: use the input registry-mirrors',
    hint: expect.stringMatching(/^With kaniko these may be given: annotation, .*use-new-run\.$/),
  })
  expect(() => parseExtraArgument('kaniko', '--registry-mirror=x')).toThrow(refusal)
})
