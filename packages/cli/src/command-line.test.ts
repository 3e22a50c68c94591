import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { generatorVersion } from '@tierseal/tiers'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { runIn } from './testing/command.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tierseal-test-line-'))
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

const tierseal = (...args: readonly string[]) => runIn(folder, args)

describe('help', () => {
  test.each([
    ['help', 'init'],
    ['init', '--help'],
    ['--help', 'init'],
    ['init', '-h'],
  ])('%s %s explains init', async (...args) => {
    const { exitCode, out } = await tierseal(...args)
    expect({ exitCode, out }).toEqual({
      exitCode: 0,
      out: expect.stringMatching(/^tierseal init \[OPTIONS\]/),
    })
  })

  test.each([
    ['keys', '--help'],
    ['help', 'keys'],
    ['--help', 'keys'],
  ])('%s %s lists the verbs of keys and no others', async (...args) => {
    const { exitCode, out } = await tierseal(...args)
    expect(exitCode).toBe(0)
    expect(out).toMatch(/^ {2}keys init <TIER>/m)
    expect(out).toMatch(/^ {2}keys fetch/m)
    expect(out).not.toContain('openings')
  })

  test('vault --help lists the verbs of vault', async () => {
    expect(await tierseal('vault', '--help')).toMatchObject({
      exitCode: 0,
      out: expect.stringContaining('vault apply'),
    })
  })

  test('a verb of two words that lacks its second names those that there are', async () => {
    expect(await tierseal('keys')).toMatchObject({
      exitCode: 2,
      error: expect.stringMatching(/^error\[USAGE\][\s\S]*keys init, keys fetch/),
    })
  })

  test('is one JSON document where asked', async () => {
    expect(JSON.parse((await tierseal('help', 'init', '--json')).out)).toMatchObject({
      help: expect.stringContaining('tierseal init'),
    })
  })

  test('refuses a verb that there is not', async () => {
    expect(await tierseal('help', 'genrate')).toMatchObject({
      exitCode: 2,
      error: expect.stringContaining('Did you mean generate?'),
    })
  })
})

test.each(['--version', '-V'])('%s names the release', async (option) => {
  expect(await tierseal(option)).toMatchObject({ exitCode: 0, out: `tierseal ${generatorVersion}` })
  expect(JSON.parse((await tierseal(option, '--json')).out)).toEqual({ version: generatorVersion })
})

test('--json stands before the verb as well as after it', async () => {
  await tierseal('init')
  expect(JSON.parse((await tierseal('--json', 'check')).out)).toMatchObject({ clean: false })
})

test.each([
  ['keys', 'init', 'dev', 'prod'],
  ['keys', 'init'],
  ['openings'],
  ['openings', 'a', 'b'],
  ['openings', '.'],
  ['check', 'dev'],
])('%s %s %s %s is refused with a hint', async (...args) => {
  await tierseal('init')
  expect(await tierseal(...args)).toMatchObject({
    exitCode: 2,
    error: expect.stringMatching(/^error\[USAGE\][\s\S]*\nhelp: ./),
  })
})

test.each([
  ['--registry', 'https://registry.internal'],
  ['--forge', 'gitlab'],
  ['--tiers', 'dev,dev'],
  ['--services', ''],
  ['--vault', 'vault.internal'],
])('init %s %s is refused by the name of the option', async (option, value) => {
  const { exitCode, error } = await tierseal('init', option, value)
  expect({ exitCode, error }).toEqual({
    exitCode: 2,
    error: expect.stringMatching(new RegExp(`^error\\[USAGE\\]: ${option} "${value}": .+`)),
  })
  expect(existsSync(join(folder, 'tiers.yaml'))).toBe(false)
})

test('init makes no site of the checkout of tierseal', async () => {
  const checkout = fileURLToPath(new URL('../../../', import.meta.url))
  expect(await runIn(checkout, ['init'])).toMatchObject({
    exitCode: 2,
    error: expect.stringContaining('is the checkout of tierseal'),
  })
  expect(existsSync(join(checkout, 'tiers.yaml'))).toBe(false)
})

test('an option before the verb is told where it belongs', async () => {
  expect(await tierseal('--config', 'x', 'check')).toMatchObject({
    exitCode: 2,
    error: expect.stringMatching(/options go after the verb[\s\S]*tierseal check --config x/),
  })
})

describe('a site whose actions are not resolved yet', () => {
  beforeEach(() => tierseal('init'))

  test.each(['generate', 'check'])('is told so by %s, which ends well', async (verb) => {
    await tierseal('generate')
    const { exitCode, out } = await tierseal(verb)
    expect(exitCode).toBe(0)
    expect(out).toMatch(/^warning: actions and checkout .*: tierseal update-actions$/m)
    expect(out).toMatch(/^warning: tier prod has no key on record/m)
    expect(out).toMatch(/^warning: policy\.runbooks/m)
    expect(JSON.parse((await tierseal(verb, '--json')).out)).toMatchObject({
      tiersWithoutKey: ['dev', 'staging', 'prod'],
      unpinned: ['actions', 'checkout'],
      runbooks: null,
    })
  })

  test('is told so no more when they are', async () => {
    const text = readFileSync(join(folder, 'tiers.yaml'), 'utf8')
    writeFileSync(join(folder, 'tiers.yaml'), text.replaceAll('0'.repeat(40), 'a'.repeat(40)))
    expect((await tierseal('generate')).out).not.toContain('update-actions')
  })
})

describe('.gitattributes', () => {
  test('of init keep the line ends of everything that is generated', async () => {
    await tierseal('init')
    const text = readFileSync(join(folder, '.gitattributes'), 'utf8')
    for (const path of [
      'platform/**',
      '**/.github/actionlint.yaml',
      '**/workflows/deploy-*.yaml',
    ]) {
      expect(text).toContain(`${path} linguist-generated text eol=lf\n`)
    }
  })

  test('that are there stay as they are, and init tells which lines they lack', async () => {
    writeFileSync(join(folder, '.gitattributes'), 'platform/** linguist-generated text eol=lf\n')
    const { out } = await tierseal('init')
    expect(readFileSync(join(folder, '.gitattributes'), 'utf8')).toMatch(/^platform.*\n$/)
    expect(out).toMatch(/^kept {5}.*\.gitattributes; add to it:\n {2}\*\*\/\.github/m)
    expect(out).not.toMatch(/^ {2}platform/m)
  })
})

describe('tiers.schema.json', () => {
  beforeEach(async () => {
    await tierseal('init')
    await tierseal('generate')
  })

  test('of an older release is stale, and generate renews it', async () => {
    const path = join(folder, 'tiers.schema.json')
    const now = readFileSync(path, 'utf8')
    const lock = JSON.parse(readFileSync(join(folder, 'tierseal.lock.json'), 'utf8'))
    lock.files['tiers.schema.json'] = createHash('sha256').update('{}\n').digest('hex')
    writeFileSync(join(folder, 'tierseal.lock.json'), JSON.stringify(lock))
    writeFileSync(path, '{}\n')
    expect((await tierseal('check')).out).toContain('stale       tiers.schema.json')
    expect(await tierseal('generate')).toMatchObject({ exitCode: 0 })
    expect(readFileSync(path, 'utf8')).toBe(now)
  })

  test('is not made where there is none: a site may use that of another folder', async () => {
    rmSync(join(folder, 'tiers.schema.json'))
    expect(await tierseal('check')).toMatchObject({ exitCode: 0 })
    await tierseal('generate')
    expect(() => readFileSync(join(folder, 'tiers.schema.json'))).toThrow()
  })
})
