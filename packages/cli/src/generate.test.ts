import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { runIn } from './testing/command.ts'

let folder: string

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tierseal-test-generate-'))
  mkdirSync(join(folder, 'site'))
  expect(await tierseal('init', '--services', 'payments,orders')).toMatchObject({ exitCode: 0 })
  expect(await tierseal('generate')).toMatchObject({ exitCode: 0 })
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

function tierseal(...args: readonly string[]) {
  return runIn(join(folder, 'site'), args)
}

function at(path: string): string {
  return join(folder, 'site', path)
}

function edit(path: string, from: string | RegExp, to: string): void {
  const before = readFileSync(at(path), 'utf8')
  expect(before.replace(from, to)).not.toBe(before)
  writeFileSync(at(path), before.replace(from, to))
}

/** Every file of the site with its text, as it lies on disk. */
function everything(): Record<string, string> {
  const entries = readdirSync(at('.'), { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  return Object.fromEntries(
    files.map((entry) => {
      const path = join(entry.parentPath, entry.name)
      return [path.slice(at('.').length), readFileSync(path, 'utf8')]
    }),
  )
}

function withoutStaging(): void {
  edit('tiers.yaml', / {2}- name: staging[\s\S]*(?= {2}- name: prod)/, '')
}

const workflows = 'services/payments/.gitea/workflows'
const orphan = 'platform/staging/vault/policy.hcl'

describe('--prune', () => {
  test.each(['../outside', 'tiers.yaml', '.git/config', 'platform/../tiers.yaml', '/etc/passwd'])(
    'deletes nothing where the lock names %s, which is never generated',
    async (path) => {
      writeFileSync(join(folder, 'outside'), 'mine')
      const before = everything()
      const lock = JSON.parse(readFileSync(at('tierseal.lock.json'), 'utf8'))
      lock.files[path] = '0'.repeat(64)
      writeFileSync(at('tierseal.lock.json'), JSON.stringify(lock))
      const ended = await tierseal('generate', '--prune', '--force')
      expect(ended).toMatchObject({ exitCode: 2, error: expect.stringContaining('LOCK_INVALID') })
      expect(ended.error).toContain(path)
      expect(existsSync(join(folder, 'outside'))).toBe(true)
      const { '/tierseal.lock.json': _, ...others } = everything()
      expect(before).toMatchObject(others)
      expect(Object.keys(others)).toHaveLength(Object.keys(before).length - 1)
    },
  )

  test('deletes no orphan that was edited by hand, unless told to', async () => {
    withoutStaging()
    edit(orphan, 'read', 'list')
    expect(await tierseal('generate', '--prune')).toMatchObject({
      exitCode: 2,
      error: expect.stringContaining(`${orphan} (hand-edited)`),
    })
    expect(readFileSync(at(orphan), 'utf8')).toContain('list')
    expect((await tierseal('check')).out).toContain(
      `hand-edited ${orphan}: changed by hand, and no`,
    )
    expect(await tierseal('generate', '--prune', '--force')).toMatchObject({ exitCode: 0 })
    expect(existsSync(at(orphan))).toBe(false)
  })

  test('leaves nothing outside the site deleted through a link', async () => {
    withoutStaging()
    renameSync(at('platform/staging'), join(folder, 'outside'))
    symlinkSync(join(folder, 'outside'), at('platform/staging'))
    expect(await tierseal('generate', '--prune', '--force')).toMatchObject({
      exitCode: 2,
      error: expect.stringContaining('platform/staging'),
    })
    expect(existsSync(join(folder, 'outside/vault/policy.hcl'))).toBe(true)
  })
})

describe('all or nothing', () => {
  test('a folder where a file belongs leaves every other file as it was', async () => {
    edit('tiers.yaml', /branch: /g, 'branch: next-')
    rmSync(at(`${workflows}/deploy-prod.yaml`))
    mkdirSync(at(`${workflows}/deploy-prod.yaml`))
    const before = everything()
    expect(await tierseal('generate', '--force')).toMatchObject({
      exitCode: 2,
      error: expect.stringContaining(`${workflows}/deploy-prod.yaml`),
    })
    expect(everything()).toEqual(before)
  })

  test('a run that was killed before its end is taken back by the next', async () => {
    const path = `${workflows}/deploy-dev.yaml`
    const before = everything()
    // As SIGKILL leaves it: one file is in place already, what it replaced and the rest lie beside.
    renameSync(at(path), at(`${path}.tierseal-old`))
    writeFileSync(at(path), 'of another tiers.yaml')
    for (const rest of ['platform/dev/vault/policy.hcl', '.github/actionlint.yaml']) {
      const place = rest.startsWith('.') ? `services/orders/${rest}` : rest
      writeFileSync(at(`${place}.tierseal-new`), 'of another tiers.yaml')
    }
    writeFileSync(at('tierseal.lock.json.tierseal-new'), '{}')
    const { exitCode, out } = await tierseal('check')
    expect(exitCode).toBe(1)
    for (const left of [
      `${path}.tierseal-old`,
      'platform/dev/vault/policy.hcl.tierseal-new',
      'services/orders/.github/actionlint.yaml.tierseal-new',
    ]) {
      expect(out).toContain(`unmanaged   ${left}: left by a run that was interrupted`)
    }
    expect(await tierseal('generate')).toMatchObject({ exitCode: 0 })
    expect(everything()).toEqual(before)
    expect(await tierseal('check')).toMatchObject({ exitCode: 0 })
  })

  test('a run that was killed after its end leaves the new files', async () => {
    edit('tiers.yaml', 'branch: dev', 'branch: develop')
    expect(await tierseal('generate')).toMatchObject({ exitCode: 0 })
    const before = everything()
    writeFileSync(at(`${workflows}/deploy-dev.yaml.tierseal-old`), 'before')
    expect(await tierseal('generate')).toMatchObject({ exitCode: 0 })
    expect(everything()).toEqual(before)
  })
})

describe('a link where a generated file belongs', () => {
  const path = 'platform/dev/vault/policy.hcl'

  beforeEach(() => {
    renameSync(at(path), join(folder, 'outside'))
    symlinkSync(join(folder, 'outside'), at(path))
  })

  test('is reported, and not replaced unless told to', async () => {
    expect((await tierseal('check')).out).toContain(`hand-edited ${path}: not a plain file`)
    expect(await tierseal('generate')).toMatchObject({
      exitCode: 2,
      error: expect.stringContaining(`${path} (hand-edited)`),
    })
  })

  test('is replaced by --force, and what it leads to stays as it was', async () => {
    writeFileSync(join(folder, 'outside'), 'mine')
    expect(await tierseal('generate', '--force')).toMatchObject({ exitCode: 0 })
    expect(readFileSync(join(folder, 'outside'), 'utf8')).toBe('mine')
    expect(await tierseal('check')).toMatchObject({ exitCode: 0 })
  })
})

test('a link where the generated folder belongs hides nothing', async () => {
  renameSync(at('platform'), join(folder, 'outside'))
  symlinkSync(join(folder, 'outside'), at('platform'))
  writeFileSync(join(folder, 'outside/extra.yaml'), '')
  const { exitCode, out } = await tierseal('check')
  expect({ exitCode, out }).toEqual({
    exitCode: 1,
    out: expect.stringContaining('not a plain file'),
  })
})

test('two sites in one folder are told apart: the second is refused', async () => {
  expect(await tierseal('init', '-c', 'other.yaml', '--tiers', 'a,b')).toMatchObject({
    exitCode: 0,
  })
  const before = everything()
  expect(await tierseal('generate', '-c', 'other.yaml', '--prune')).toMatchObject({
    exitCode: 2,
    error: expect.stringContaining('has the files of tiers.yaml'),
  })
  expect(everything()).toEqual(before)
})

describe('workflows', () => {
  test.each(['prod2.yaml', 'x.yml'])('%s beside the generated ones is unmanaged', async (name) => {
    writeFileSync(at(`${workflows}/${name}`), readFileSync(at(`${workflows}/deploy-prod.yaml`)))
    const { exitCode, out } = await tierseal('check')
    expect(exitCode).toBe(1)
    expect(out).toContain(`unmanaged   ${workflows}/${name}`)
  })

  test('are no drift where tiers.yaml names them as the own ones of the service', async () => {
    edit('tiers.yaml', '- name: payments', '- name: payments\n    ownWorkflows: [test.yaml]')
    writeFileSync(at(`${workflows}/test.yaml`), '')
    expect(await tierseal('check')).toMatchObject({ exitCode: 0 })
  })
})

describe('--into a checkout of a service', () => {
  const into = ['--service', 'payments', '--into', '../payments'] as const
  const deployed = '.gitea/workflows/deploy-dev.yaml'
  const checkout = (path: string): string => join(folder, 'payments', path)

  beforeEach(async () => {
    mkdirSync(checkout('.git'), { recursive: true })
    expect(await tierseal('generate', ...into)).toMatchObject({ exitCode: 0 })
  })

  test('writes the files of that service, which are then clean', async () => {
    expect(readFileSync(checkout(deployed), 'utf8')).toBe(
      readFileSync(at(`${workflows}/deploy-dev.yaml`), 'utf8'),
    )
    expect(existsSync(checkout('platform'))).toBe(false)
    expect(await tierseal('check', ...into)).toMatchObject({ exitCode: 0 })
  })

  test('tells drift from there, and whose lines they are', async () => {
    writeFileSync(
      checkout(deployed),
      readFileSync(checkout(deployed), 'utf8').replace('dev-s', 'x-s'),
    )
    writeFileSync(checkout('.gitea/workflows/prod2.yaml'), '')
    const { exitCode, out } = await tierseal('check', ...into)
    expect(exitCode).toBe(1)
    expect(out).toContain(`hand-edited ${deployed}`)
    expect(out).toContain('unmanaged   .gitea/workflows/prod2.yaml')
    expect((await tierseal('diff', ...into)).out).toContain('tiers[0].runner')
  })

  test('overwrites neither what was edited nor what was there before', async () => {
    writeFileSync(checkout(deployed), 'mine')
    rmSync(checkout('tierseal.lock.json'))
    expect(await tierseal('generate', ...into)).toMatchObject({
      exitCode: 2,
      error: expect.stringContaining(`${deployed} (unmanaged)`),
    })
    expect(readFileSync(checkout(deployed), 'utf8')).toBe('mine')
  })

  test('--dry-run writes nothing', async () => {
    rmSync(checkout(deployed))
    expect((await tierseal('generate', '--dry-run', ...into)).out).toContain(
      `would be written  ${deployed}`,
    )
    expect(existsSync(checkout(deployed))).toBe(false)
  })

  test('deletes the workflow of a tier that is no more with --prune', async () => {
    withoutStaging()
    expect((await tierseal('generate', ...into)).out).toContain(
      'orphan   .gitea/workflows/deploy-st',
    )
    expect(await tierseal('generate', '--prune', ...into)).toMatchObject({ exitCode: 0 })
    expect(existsSync(checkout('.gitea/workflows/deploy-staging.yaml'))).toBe(false)
  })

  test('refuses a folder that is no checkout, and makes none', async () => {
    const args = ['generate', '--service', 'payments', '--into', '../nowhere']
    expect(await tierseal(...args)).toMatchObject({
      exitCode: 2,
      error: expect.stringContaining('is no checkout'),
    })
    expect(existsSync(join(folder, 'nowhere'))).toBe(false)
  })

  test('refuses the checkout of another service', async () => {
    const args = ['generate', '--service', 'orders', '--into', '../payments', '--force']
    expect(await tierseal(...args)).toMatchObject({
      exitCode: 2,
      error: expect.stringContaining('has the files of service payments'),
    })
  })

  test('names a service that there is not', async () => {
    const args = ['generate', '--service', 'nope', '--into', '../payments']
    expect(await tierseal(...args)).toMatchObject({
      exitCode: 2,
      error: expect.stringContaining('there is no service "nope"'),
    })
  })

  test.each([
    ['--service', 'payments'],
    ['--into', '../payments'],
  ])('refuses %s alone', async (...args) => {
    expect(await tierseal('generate', ...args)).toMatchObject({
      exitCode: 2,
      error: expect.stringContaining('go together'),
    })
  })
})
