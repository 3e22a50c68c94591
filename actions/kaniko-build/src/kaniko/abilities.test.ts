import { expect, test } from 'vitest'
import { demandAbilities, readAbilities } from './abilities.ts'

// Lines of `executor --help` of osscontainertools v1.28.3.
const help = `Usage:
  executor [flags]

Flags:
      --annotation key-value-arg type             Set metadata annotations for the image
  -c, --context string                            Path to the dockerfile build context. (default "/workspace/")
  -d, --destination multi-arg type                Registry the final image should be pushed to.
      --digest-file string                        Specify a file to save the digest of the built image to.
      --ignore-path multi-arg type                Ignore these paths when taking a snapshot.
      --materialize                               Guarantee that the final state of the file system corresponds
      --reproducible                              Strip timestamps out of the image to make it reproducible
      --secret secret                             Secret to expose to the build
`

function without(...flags: readonly string[]): string {
  return help
    .split('\n')
    .filter((line) => !flags.some((flag) => line.includes(flag)))
    .join('\n')
}

test.each([
  ['osscontainertools', help],
  ['chainguard', without('--secret', '--materialize')],
  ['google', without('--secret', '--materialize', '--annotation')],
])('tells the fork %s by its flags', (fork, text) => {
  const abilities = readAbilities('Kaniko version :  v1.28.3\n', text)
  expect(abilities).toMatchObject({ fork, version: 'v1.28.3' })
})

const plain = ['--context=dir:///k', '--destination=r.internal/app:1', '--reproducible']

test.each([
  ['build secrets', '--secret=id=token,src=/k/token', '--secret'],
  ['an extra argument', '--image-format=oci', '--image-format'],
])('refuses %s that this fork does not know', (_what, argument, flag) => {
  const abilities = readAbilities('Kaniko version :  v1.24.0', without('--secret', '--materialize'))
  expect(() => demandAbilities(abilities, [...plain, argument, argument])).toThrow(
    expect.objectContaining({
      code: 'ENGINE_CANNOT',
      message: `kaniko v1.24.0 (chainguard) does not know ${flag}`,
    }),
  )
})

test.each([
  [['--registry-map=index.docker.io=r.internal'], 'v1.21.0'],
  [['--skip-default-registry-fallback'], 'v1.13.0'],
  [['--registry-map=a=b', '--skip-default-registry-fallback'], 'v1.21.0'],
])(
  'refuses an executor that is too old for %j, and says since when it is there',
  (given, since) => {
    const abilities = readAbilities('Kaniko version :  v1.9.1', help)
    const names = given.map((argument) => argument.split('=')[0]).join(', ')
    expect(() => demandAbilities(abilities, [...plain, ...given])).toThrow(
      expect.objectContaining({
        code: 'TOOL_VERSION',
        message: `kaniko v1.9.1 (osscontainertools) does not know ${names}; ${since} or later is needed`,
      }),
    )
  },
)

test('lets a build pass whose flags are all known', () => {
  expect(() => demandAbilities(readAbilities('v1', help), plain)).not.toThrow()
})

test('refuses a program that is not kaniko', () => {
  const abilities = readAbilities('GNU coreutils 9.1', 'Usage: true [ignored arguments]')
  expect(() => demandAbilities(abilities, plain)).toThrow(
    expect.objectContaining({ code: 'TOOL_VERSION' }),
  )
})
