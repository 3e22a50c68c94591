import { describe, expect, test } from 'vitest'
import { matchingLines, repositoryFiles, textOf, typeScriptFiles } from './sources.ts'

const here = 'test/repository/'
const sources = typeScriptFiles().filter((path) => !path.startsWith(here))
const written = repositoryFiles().filter(
  (path) => !path.startsWith(here) && !/(pnpm-lock\.yaml|go\.sum|\.(png|svg|ico|gz))$/.test(path),
)

function findAll(paths: readonly string[], pattern: RegExp): readonly string[] {
  return paths.flatMap((path) => matchingLines(path, pattern))
}

describe('no file', () => {
  test('names a folder of one machine', () => {
    const found = findAll(
      written,
      /(^|[\s'"`(=])\/(work\/(main|dev|shared)|home\/[a-z]|Users\/[A-Za-z])/,
    )
    expect(found).toEqual([])
  })

  test('names a host that packages are downloaded from', () => {
    const hosts =
      /registry\.npmjs|npmjs\.org|proxy\.golang|sum\.golang|pypi\.org|pythonhosted|deb\.debian/
    expect(findAll(written, hosts)).toEqual([])
  })

  test('leaves a mark of unfinished work', () => {
    expect(findAll(written, /\b(TODO|FIXME|XXX|HACK)\b/)).toEqual([])
  })

  test('is a bundle, a build or a log', () => {
    expect(
      repositoryFiles().filter((path) => /(^|\/)(dist|lib|node_modules)\//.test(path)),
    ).toEqual([])
  })
})

describe('no source', () => {
  test('silences the compiler or the linter', () => {
    expect(findAll(sources, /@ts-(ignore|expect-error|nocheck)|biome-ignore/)).toEqual([])
  })

  test('is much longer than a person reads in one go', () => {
    const limit = (path: string): number => (path.endsWith('.test.ts') ? 400 : 260)
    const long = sources.filter((path) => textOf(path).split('\n').length > limit(path))
    expect(long).toEqual([])
  })

  test('has a name that says nothing', () => {
    const vague = /(^|\/)(utils?|helpers?|common|misc|shared|manager)(\.ts|\/)/
    expect(sources.filter((path) => vague.test(path))).toEqual([])
  })

  test('runs a program through a shell', () => {
    expect(findAll(sources, /\bshell: true\b|\bexecSync\(|\bexec\(`/)).toEqual([])
  })
})

describe('no test', () => {
  const tests = sources.filter((path) => path.endsWith('.test.ts'))

  test('is left out, or alone', () => {
    expect(findAll(tests, /\b(describe|test|it)\.(skip|only|todo|fails)\b/)).toEqual([])
  })

  test('is skipped for any reason but a missing tool or right', () => {
    const conditional = /\.(skipIf|runIf)\((?!lacks[A-Z])/
    expect(findAll(tests, conditional)).toEqual([])
  })

  test('passes where it should be skipped: what a machine lacks is told to the runner of the tests', () => {
    expect(findAll(tests, /\bif \(!?lacks/)).toEqual([])
  })
})
