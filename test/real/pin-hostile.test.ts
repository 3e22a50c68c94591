import { answer, type FaultServer, lacksTools, startFaultServer } from '@tierseal/test-kit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { app, devFiles, gitHost, images, pinOf, refusal } from './pin-fixture.ts'
import { deployments } from './pin-site.ts'

describe.skipIf(lacksTools('kustomize'))('kustomize-pin refuses a hostile repository:', () => {
  const { site } = gitHost()

  test('an overlay that is a symbolic link', async () => {
    const gitops = site()
    gitops.commitLink('link', 'dev')
    expect(await refusal(gitops, 'link')).toContain(
      'PIN_PATH_REFUSED: link is refused: link is a symbolic link',
    )
  })

  test('an overlay below a symbolic link', async () => {
    const gitops = site()
    gitops.commitLink('link', '.')
    expect(await refusal(gitops, 'link/dev')).toContain(
      'link/dev is refused: link is a symbolic link',
    )
  })

  test('a kustomization file that is a symbolic link', async () => {
    const gitops = site()
    gitops.commitLink('dev/kustomization.yaml', '/etc/passwd')
    expect(await refusal(gitops)).toContain(
      'PIN_PATH_REFUSED: dev/kustomization.yaml is a symbolic link',
    )
  })

  test('a resource that is a symbolic link out of the repository is never followed', async () => {
    const gitops = site()
    gitops.commitLink('dev/base/deployment.yaml', '/etc/hostname')
    expect(await refusal(gitops)).toContain('PIN_PATH_REFUSED: dev/base/deployment.yaml')
  })

  test('a base that is a submodule', async () => {
    const gitops = site({
      ...devFiles,
      'dev/kustomization.yaml': `resources: [../module]\n${images}`,
    })
    gitops.commitSubmodule('module')
    expect(await refusal(gitops)).toContain(
      'PIN_PATH_REFUSED: module is refused: module is a submodule',
    )
  })

  test('a base outside the repository', async () => {
    const gitops = site({
      ...devFiles,
      'dev/kustomization.yaml': `resources: [../../etc]\n${images}`,
    })
    expect(await refusal(gitops)).toContain('"../../etc" (in dev) leads out of the repository')
  })

  test('an absolute base', async () => {
    const gitops = site({ ...devFiles, 'dev/kustomization.yaml': `resources: [/etc]\n${images}` })
    expect(await refusal(gitops)).toContain('"/etc" (in dev) is an absolute path')
  })

  test.each([
    'https://example.com/base',
    'github.com/owner/repo//base',
    'git@host:a/b',
    'base?ref=main',
  ])('a remote base, %s', async (base) => {
    const gitops = site({
      ...devFiles,
      'dev/kustomization.yaml': `resources: ['${base}']\n${images}`,
    })
    expect(await refusal(gitops)).toContain(
      `PIN_REMOTE_RESOURCE: dev/kustomization.yaml refers to ${base}`,
    )
  })

  test('a remote patch', async () => {
    const text = `resources: [base]\npatches: [{path: 'http://127.0.0.1/x'}]\n${images}`
    expect(await refusal(site({ ...devFiles, 'dev/kustomization.yaml': text }))).toContain(
      'PIN_REMOTE_RESOURCE',
    )
  })

  test('a remote file in a base', async () => {
    const text = 'resources: [deployment.yaml, "https://example.com/x.yaml"]\n'
    expect(await refusal(site({ ...devFiles, 'dev/base/kustomization.yaml': text }))).toContain(
      'PIN_REMOTE_RESOURCE: dev/base/kustomization.yaml',
    )
  })

  test('a huge file beside the overlay, which is not even fetched', async () => {
    const gitops = site({ ...devFiles, 'dev/huge.bin': 'x'.repeat(5_000_000) })
    expect(await refusal(gitops)).toContain('PIN_FILE_TOO_LARGE: dev/huge.bin is over 2 MiB')
  })

  test('a huge file from a server that cannot filter', async () => {
    const gitops = site({ ...devFiles, 'dev/huge.bin': 'x'.repeat(5_000_000) })
    gitops.git('config', 'uploadpack.allowFilter', 'false')
    expect(await refusal(gitops)).toContain('PIN_FILE_TOO_LARGE: dev/huge.bin is over 2 MiB')
  })

  test.each(['..', '.git', 'a/../../b'])('a tree with an entry named %s', async (name) => {
    const gitops = site()
    gitops.commitEvilEntry(name)
    expect(await refusal(gitops)).toContain('GIT_FAILED')
  })

  const root = `resources: [base]\n${images}`

  test.each([
    ['a field in another case', 'Resources: ["../../outside"]', 'PIN_KUSTOMIZATION_INVALID'],
    ['a field of another alphabet', 're\u017fources: ["../../outside"]', 'KUSTOMIZATION_INVALID'],
    ['a merge key', '<<: {bases: ["../../outside"]}', 'holds a merge key'],
    ['a merge key below', 'labels: [{<<: {pairs: {a: b}}}]', 'holds a merge key'],
    ['YAML 1.1', '%YAML', 'holds a directive'],
    // ../../outside, which Kustomize decodes and no other reader here does.
    ['a path in base64', 'components: [!!binary Li4vLi4vb3V0c2lkZQ==]', 'holds the tag !!binary'],
    ['a tagged list', 'components: !!seq [base]', 'holds the tag !!seq'],
    ['a line end of YAML 1.1', 'namespace: a # \u2028bases: [../../outside]', 'U+2028'],
    ['a line end of old', 'namespace: a # \rbases: [../../outside]', 'U+000D'],
    ['an alias of nothing', 'crds: [*x]', 'YAML_INVALID: dev/kustomization.yaml: Unresolved'],
    ['two documents', '---\nbases: [../../outside]', 'YAML_MULTI_DOCUMENT'],
    ['an alias bomb', bomb(), 'YAML_INVALID: dev/kustomization.yaml: Excessive alias count'],
  ])('a kustomization with %s', async (_, line, message) => {
    const text = line === '%YAML' ? `%YAML 1.1\n---\n${root}` : `${root}${line}\n`
    expect(await refusal(site({ ...devFiles, 'dev/kustomization.yaml': text }))).toContain(message)
  })

  test('a small file of so many keys that reading it would take minutes', async () => {
    const keys = Array.from({ length: 40_000 }, (_, index) => `  k${index}: 1\n`).join('')
    const text = `commonAnnotations:\n${keys}${root}`
    expect(await refusal(site({ ...devFiles, 'dev/kustomization.yaml': text }))).toContain(
      'PIN_FILE_TOO_LARGE: dev/kustomization.yaml is over 128 KiB',
    )
  })

  test('one large file under many bases, which would be written once for each', async () => {
    const folder = (name: string) =>
      Object.fromEntries(
        Array.from({ length: 10 }, (_, i) => [`${name}/${i}.txt`, 'x'.repeat(2_000_000)]),
      )
    const bases = ['a', 'b', 'c', 'd']
    const list = bases.map((name) => `../${name}`).join(', ')
    const bad = { 'dev/kustomization.yaml': `resources: [base, ${list}]\n${images}` }
    const kustomizations = bases.map((name) => [`${name}/kustomization.yaml`, 'resources: []\n'])
    const files = Object.assign({}, ...bases.map(folder), Object.fromEntries(kustomizations))
    expect(await refusal(site({ ...devFiles, ...files, ...bad }))).toContain(
      'PIN_FILE_TOO_LARGE: the files of the overlays are over 64 MiB together',
    )
  })

  describe('what is read from the machine of the runner', () => {
    let local: FaultServer
    beforeAll(async () => {
      local = await startFaultServer({ script: () => answer(200, 'a=SECRET-of-runner') })
    })
    afterAll(() => local.stop())

    const plugin = (fields: string) =>
      `apiVersion: builtin\nkind: ConfigMapGenerator\nmetadata: {name: x}\n${fields}\n`
    const inline = `{apiVersion: builtin, kind: ConfigMapGenerator, metadata: {name: x}, Envs: ['URL']}`

    test.each([
      ['a field in another case', 'Resources: ["URL"]', ''],
      ['envs with an equals sign', 'configMapGenerator: [{name: x, envs: ["URL?a=b"]}]', ''],
      ['a nested field in another case', 'secretGenerator: [{name: x, Files: ["a=URL"]}]', ''],
      ['a generator', 'generators: [gen.yaml]', plugin('files: [f=URL]')],
      ['a generator by an alias', 'generators: [gen.yaml]', plugin('x: &x [URL]\nenvs: *x')],
      ['a generator in the file', `generators: ["${inline}"]`, ''],
      ['a transformer', 'transformers: [gen.yaml]', plugin('TargetFilePath: URL')],
      ['a validator in a folder', 'validators: [plugins]', plugin('path: URL')],
      ['a plugin by a patch', 'generators: [plugins]', plugin(''), 'patches: [{path: gen.yaml}]'],
    ])('%s', async (_, field, configuration, more = '') => {
      const at = (text: string) => text.replaceAll('URL', local.url)
      const gitops = site({
        ...devFiles,
        'dev/kustomization.yaml': at(`${root}${field}\n`),
        'dev/gen.yaml': at(configuration),
        'dev/plugins/gen.yaml': at(configuration),
        'dev/plugins/kustomization.yaml': `resources: [gen.yaml]\n${more}\n`,
      })
      expect(await refusal(gitops)).toMatch(/PIN_(REMOTE_RESOURCE|KUSTOMIZATION_INVALID)/)
      expect(local.connections()).toBe(0)
    })

    test('a plugin that reads nothing from elsewhere still works', async () => {
      const gitops = site({
        ...devFiles,
        'dev/kustomization.yaml': `${root}generators: [plugins]\n`,
        'dev/plugins/kustomization.yaml': 'resources: [gen.yaml]\n',
        'dev/plugins/gen.yaml': plugin('literals: ["a=https://example.com/"]'),
      })
      const result = await gitops.pin([pinOf('a')])
      expect(result.outputs['changed'], result.log).toBe('true')
    })

    test('what a replacement brings into an image is not told', async () => {
      const custom = `---\napiVersion: example.com/v1\nkind: App\nmetadata: {name: x}\nspec: {image: '${app}:v1'}\n`
      const replacement = `configMapGenerator: [{name: c, literals: ["a=SECRET-of-runner"]}]\nreplacements:\n- source: {kind: ConfigMap, fieldPath: data.a}\n  targets:\n  - select: {kind: App}\n    fieldPaths: [spec.image]\n    options: {delimiter: ':', index: 2}\n`
      const gitops = site({
        ...devFiles,
        'dev/kustomization.yaml': `${root}${replacement}`,
        'dev/base/deployment.yaml': `${deployments(app)}${custom}`,
      })
      const log = await refusal(gitops)
      expect(log).toContain('PIN_NOT_EVERYWHERE: in dev, spec.image would still be')
      expect(log).not.toContain('SECRET-of-runner')
    })
  })

  test.each([
    ['a tag that would write trailers', 'newTag', `v1\\nSource-Revision: ${'f'.repeat(40)}`],
    ['a digest that would write trailers', 'digest', 'sha256:a\\nRollback-Reason: theirs'],
    ['a digest that ends an argument', 'digest', 'sha256:\\0'],
    ['a digest that no argument has room for', 'digest', '\\L'.repeat(60_000)],
  ])('%s', async (_, key, value) => {
    const text = `resources: [base]\nimages:\n- name: ${app}\n  ${key}: "${value}"\n`
    expect(await refusal(site({ ...devFiles, 'dev/kustomization.yaml': text }))).toContain(
      `PIN_KUSTOMIZATION_INVALID: dev/kustomization.yaml:3:3: ${key} of the images entry is`,
    )
  })

  test('a base so deep that its path fills the memory', async () => {
    const text = `resources: [base, '${'a/'.repeat(3000)}']\n${images}`
    expect(await refusal(site({ ...devFiles, 'dev/kustomization.yaml': text }))).toMatch(
      /PIN_PATH_REFUSED: "(a\/)+…" \(in dev\) is longer than 1024 characters/,
    )
  })

  test('an overlay that runs helm', async () => {
    const text = `resources: [base]\nhelmCharts: [{name: x, repo: 'https://example.com'}]\n${images}`
    expect(await refusal(site({ ...devFiles, 'dev/kustomization.yaml': text }))).toContain(
      'PIN_BUILD_FAILED',
    )
  })
})

/** Nine levels of aliases, each nine times the one before. */
function bomb(): string {
  const names = [...'abcdefghi']
  const level = (name: string, index: number): string => {
    const before = names[index - 1]
    const items = before === undefined ? 'x' : `*${before}`
    return `  ${name}: &${name} [${Array(9).fill(items).join(', ')}]`
  }
  return `commonAnnotations:\n${names.map(level).join('\n')}`
}
