import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { runIn } from './testing/command.ts'
import { verbs } from './verbs.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tierseal-test-cli-'))
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

function tierseal(...args: readonly string[]) {
  return runIn(folder, args)
}

function withAnswers(
  answers: readonly string[],
  asked: string[],
  ...args: readonly string[]
): ReturnType<typeof tierseal> {
  const ask = async (question: string) => answers[asked.push(question) - 1] ?? ''
  return runIn(folder, args, { ask })
}

const workflow = 'services/example/.gitea/workflows/deploy-dev.yaml'

function edit(path: string, from: string | RegExp, to: string): void {
  const absolute = join(folder, path)
  const before = readFileSync(absolute, 'utf8')
  expect(before.replace(from, to)).not.toBe(before)
  writeFileSync(absolute, before.replace(from, to))
}

describe('a new site', () => {
  beforeEach(async () => {
    expect(await tierseal('init')).toMatchObject({ exitCode: 0 })
    expect(await tierseal('generate')).toMatchObject({ exitCode: 0 })
  })

  test('is clean after init and generate', async () => {
    expect(await tierseal('check')).toMatchObject({ exitCode: 0, error: '' })
    expect(await tierseal('diff')).toMatchObject({ exitCode: 0, out: 'no difference' })
  })

  test('a second generate writes nothing', async () => {
    const { out } = await tierseal('generate', '--json')
    expect(JSON.parse(out)).toMatchObject({ written: [], deleted: [], orphans: [] })
  })

  test('init asks a person what no option answers, and takes Enter for the default', async () => {
    const asked: string[] = []
    const answers = ['', 'registry.example.internal', 'https://bao.internal:8200', '', 'shop, till']
    const { exitCode } = await withAnswers(
      answers,
      asked,
      'init',
      '-c',
      'other',
      '--tiers',
      'dev,prod',
    )
    expect({ exitCode, questions: asked.length }).toEqual({ exitCode: 0, questions: 5 })
    const site = parse(readFileSync(join(folder, 'other/tiers.yaml'), 'utf8'))
    expect(site).toMatchObject({
      forge: 'gitea',
      registry: { host: 'registry.example.internal' },
      vault: { address: 'https://bao.internal:8200' },
      services: [{ name: 'shop' }, { name: 'till' }],
      tiers: [{ name: 'dev' }, { name: 'prod' }],
    })
  })

  test.each(['--yes', '--json'])('init %s asks nothing', async (option) => {
    const asked: string[] = []
    expect(await withAnswers([], asked, 'init', '-c', 'other', option)).toMatchObject({
      exitCode: 0,
    })
    expect(asked).toEqual([])
  })

  test('init never overwrites', async () => {
    const before = readFileSync(join(folder, 'tiers.yaml'), 'utf8')
    const { exitCode, error } = await tierseal('init')
    expect({ exitCode, error }).toMatchObject({
      exitCode: 2,
      error: expect.stringContaining('SITE_EXISTS'),
    })
    expect(readFileSync(join(folder, 'tiers.yaml'), 'utf8')).toBe(before)
  })

  test('reports one changed character of any generated file as hand-edited', async () => {
    const { files } = JSON.parse((await tierseal('check', '--json')).out)
    for (const { path } of files) {
      const absolute = join(folder, path)
      writeFileSync(absolute, `${readFileSync(absolute, 'utf8')}#`)
    }
    const after = await tierseal('check', '--json')
    expect(after.exitCode).toBe(1)
    expect(JSON.parse(after.out).files).toEqual(
      files.map(({ path }: { readonly path: string }) => ({
        ...{ path, state: 'hand-edited' },
        owners: expect.arrayContaining([expect.stringMatching(/^(workflows|packages)\//)]),
      })),
    )
  })

  test('names the owner of a line that was changed by hand', async () => {
    edit(workflow, 'runs-on: dev-signer', 'runs-on: prod-signer')
    const { exitCode, out } = await tierseal('diff')
    expect(exitCode).toBe(1)
    expect(out).toContain('-    runs-on: prod-signer\n+    runs-on: dev-signer')
    expect(out).toMatch(/# owned by workflows\/deploy\.yaml:\d+, tiers\[0\]\.runner \(default\)/)
  })

  test.each([
    ['a key', workflow, 'dev-signer', 'x', /deploy\.yaml:\d+, tiers\[0\]\.runner/],
    [
      'the text of a template',
      workflow,
      'permissions: {}',
      'permissions: write-all',
      /deploy\.yaml:\d+/,
    ],
    [
      'a line that was added',
      workflow,
      '    steps:\n',
      '    steps:\n      - run: x\n',
      /deploy\.yaml:/,
    ],
    ['a line that was taken out', workflow, /.*persist-credentials.*\n/, '', /deploy\.yaml:\d+/],
    ['the header', workflow, '# Do not edit', '# Edit', /documents\/header\.ts/],
    ['the last line break', workflow, /\n$/, '', /deploy\.yaml:\d+/],
    [
      'a Vault policy',
      'platform/dev/vault/policy.hcl',
      'data/tiers/dev',
      'data/*',
      /tiers\[0\]\.vault\.path/,
    ],
    ['CODEOWNERS', 'platform/forge/CODEOWNERS', /@\S+$/m, '@me', /codeowners\.ts, owners/],
    ['JSON', 'platform/forge/renovate.json', 'regex', 'x', /renovate\.ts/],
  ])('check and diff name the owner of %s', async (_, path, from, to, owner) => {
    edit(path, from, to)
    const { out } = await tierseal('check')
    expect(out).toMatch(new RegExp(`^hand-edited ${path}: .*; owned by .*${owner.source}`, 'm'))
    expect((await tierseal('diff')).out).toMatch(
      new RegExp(`^@@[\\s\\S]*\n# owned by .*${owner.source}`, 'm'),
    )
  })

  test('does not overwrite what was edited by hand, unless told to', async () => {
    edit(workflow, 'dev-signer', 'my-signer')
    expect(await tierseal('generate')).toMatchObject({
      exitCode: 2,
      error: expect.stringContaining(`${workflow} (hand-edited)`),
    })
    expect(readFileSync(join(folder, workflow), 'utf8')).toContain('my-signer')
    expect(await tierseal('generate', '--force')).toMatchObject({ exitCode: 0 })
    expect(await tierseal('check')).toMatchObject({ exitCode: 0 })
  })

  test('reports files that tiers.yaml has moved away from as stale', async () => {
    edit('tiers.yaml', 'branch: dev', 'branch: develop')
    const { exitCode, out } = await tierseal('check')
    expect({ exitCode, out }).toEqual({
      exitCode: 1,
      out: expect.stringContaining(`stale       ${workflow}`),
    })
  })

  test('reports a deleted file as missing, and writes it again', async () => {
    rmSync(join(folder, workflow))
    expect((await tierseal('check')).out).toContain(`missing     ${workflow}`)
    expect((await tierseal('generate')).out).toContain(`written  ${workflow}`)
  })

  test('reports what stands among generated files as unmanaged', async () => {
    writeFileSync(join(folder, 'services/example/.gitea/workflows/deploy-extra.yaml'), '')
    const { exitCode, out } = await tierseal('check')
    expect({ exitCode, out }).toEqual({ exitCode: 1, out: expect.stringContaining('unmanaged') })
  })

  test('lists the files of a removed tier as orphans, and deletes them with --prune', async () => {
    edit('tiers.yaml', / {2}- name: staging[\s\S]*(?= {2}- name: prod)/, '')
    const { out } = await tierseal('generate')
    expect(out).toContain('orphan   platform/staging/vault/policy.hcl')
    expect((await tierseal('check')).out).toContain('orphan      platform/staging/vault/policy.hcl')
    expect(await tierseal('generate', '--prune')).toMatchObject({ exitCode: 0 })
    expect(await tierseal('check')).toMatchObject({ exitCode: 0 })
  })

  test('says when only line ends differ', async () => {
    edit(workflow, /\n/g, '\r\n')
    expect((await tierseal('check')).out).toContain('only its line ends differ')
  })

  test('writes nothing where tiers.yaml is wrong', async () => {
    edit('tiers.yaml', 'forge: gitea', 'forge: gitea\nfroge: x')
    rmSync(join(folder, workflow))
    const { exitCode, error } = await tierseal('generate')
    expect({ exitCode, error }).toEqual({
      exitCode: 2,
      error: expect.stringContaining('tiers.yaml:5:1: error[TIERS_UNKNOWN_KEY]'),
    })
    expect((await tierseal('check')).exitCode).toBe(2)
  })

  test('writes nothing of all where one file cannot be written', async () => {
    rmSync(join(folder, 'platform'), { recursive: true })
    rmSync(join(folder, workflow))
    writeFileSync(join(folder, 'platform'), 'in the way')
    const { exitCode, error } = await tierseal('generate')
    expect({ exitCode, error }).toEqual({
      exitCode: 2,
      error: expect.stringContaining('FILES_NOT_WRITTEN'),
    })
    expect(() => readFileSync(join(folder, workflow))).toThrow()
  })

  test('--dry-run writes nothing', async () => {
    rmSync(join(folder, workflow))
    expect((await tierseal('generate', '--dry-run')).out).toContain(`would be written  ${workflow}`)
    expect(() => readFileSync(join(folder, workflow))).toThrow()
  })

  test('origin tells the template and the key of a line', async () => {
    const lines = readFileSync(join(folder, workflow), 'utf8').split('\n')
    const line = lines.findIndex((text) => text.includes('role: ci-signer-dev')) + 1
    const { out } = await tierseal('origin', `${workflow}:${line}`)
    expect(out).toMatch(
      /template: workflows\/deploy\.yaml:\d+\n {2}keys: tiers\[0\]\.vault\.role \(default\)/,
    )
  })

  test('origin tells the lines of a key', async () => {
    const { out } = await tierseal('origin', 'prod.branch', '--json')
    expect(JSON.parse(out).origins).toMatchObject([
      {
        text: '      - main',
        keys: [{ key: 'tiers[2].branch', position: { line: 47, column: 13 } }],
      },
    ])
  })
})

test.each(['site', 'site-github'])('examples/%s is what its tiers.yaml asks for', async (name) => {
  const path = fileURLToPath(new URL(`../../../examples/${name}`, import.meta.url))
  expect(await tierseal('check', '--config', path)).toMatchObject({ exitCode: 0, error: '' })
})

test.each(verbs)('$name has a help that explains it and each of its options', async (verb) => {
  const { exitCode, out } = await tierseal(...verb.name.split(' '), '--help')
  expect(exitCode).toBe(0)
  expect(out).toContain(verb.help)
  for (const option of Object.keys(verb.options)) expect(out).toContain(`--${option}`)
})

test('suggests the verb that was meant, and says so as JSON where asked', async () => {
  expect(await tierseal('genrate')).toMatchObject({
    exitCode: 2,
    error: expect.stringContaining('Did you mean generate?'),
  })
  expect(JSON.parse((await tierseal('genrate', '--json')).out)).toMatchObject({
    error: { code: 'USAGE' },
  })
})

test.each([['one', 'two'], []])('origin takes one word: %s %s', async (...words) => {
  await tierseal('init')
  expect(await tierseal('origin', ...words)).toMatchObject({
    exitCode: 2,
    error: expect.stringContaining('help: See: tierseal origin --help'),
  })
})

test('refuses an option that there is not', async () => {
  expect(await tierseal('check', '--fix')).toMatchObject({
    exitCode: 2,
    error: expect.stringContaining('error[USAGE]'),
  })
})

describe('a site that cannot be read', () => {
  test('is told finding by finding to a machine', async () => {
    writeFileSync(join(folder, 'tiers.yaml'), 'forge: gitlab\nactions: *a\n')
    expect(JSON.parse((await tierseal('check', '--json')).out)).toMatchObject({
      error: {
        code: 'TIERS_INVALID',
        file: 'tiers.yaml',
        findings: [{ code: 'TIERS_SYNTAX', line: 2, column: 10, help: expect.any(String) }],
      },
    })
  })

  test.each([
    ['FILE_UNREADABLE', 'tiers.yaml'],
    ['PUBLIC_KEY_INVALID', 'keys/dev.pem'],
  ])('is %s where a folder stands in the place of %s', async (code, path) => {
    if (path !== 'tiers.yaml') await tierseal('init')
    mkdirSync(join(folder, path), { recursive: true })
    const { exitCode, error } = await tierseal('check')
    expect({ exitCode, error }).toEqual({
      exitCode: 2,
      error: expect.stringContaining(`error[${code}]`),
    })
  })
})

test('says where it looked for tiers.yaml', async () => {
  expect(await tierseal('check')).toMatchObject({
    exitCode: 2,
    error: expect.stringContaining(join(folder, 'tiers.yaml')),
  })
})
