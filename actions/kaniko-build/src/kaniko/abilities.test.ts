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

const request = { extraArguments: [], secrets: [] }

test('refuses build secrets where the fork has none', () => {
  const abilities = readAbilities('Kaniko version :  v1.24.0', without('--secret', '--materialize'))
  const wanting = { ...request, secrets: [{ id: 'token', value: Buffer.from('x') }] }
  expect(() => demandAbilities(abilities, wanting, [])).toThrow(
    expect.objectContaining({
      code: 'ENGINE_CANNOT',
      message: expect.stringContaining('--secret'),
    }),
  )
})

test('refuses the build secrets of a pod where the fork has none', () => {
  const abilities = readAbilities('Kaniko version :  v1.24.0', without('--secret', '--materialize'))
  const ownFlags = ['one', 'two'].map((id) => `--secret=id=${id},src=/kaniko/${id}`)
  expect(() => demandAbilities(abilities, request, ownFlags)).toThrow(
    expect.objectContaining({
      code: 'ENGINE_CANNOT',
      message: 'kaniko v1.24.0 (chainguard) does not know --secret',
    }),
  )
})

test('refuses an extra argument that this version does not know', () => {
  const abilities = readAbilities('v1', help)
  const wanting = { ...request, extraArguments: ['--image-format=oci'] }
  expect(() => demandAbilities(abilities, wanting, [])).toThrow('--image-format')
})

test('refuses a program that is not kaniko', () => {
  const abilities = readAbilities('GNU coreutils 9.1', 'Usage: true [ignored arguments]')
  expect(() => demandAbilities(abilities, request, [])).toThrow(
    expect.objectContaining({ code: 'TOOL_VERSION' }),
  )
})
