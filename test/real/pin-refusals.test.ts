import {
  answer,
  type FaultServer,
  lacksTools,
  startFaultServer,
  startGitServer,
  type TestGitServer,
} from '@tierseal/test-kit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { deployments, digestOf, overlayFiles, PinSite, registry } from './pin-site.ts'

const app = `${registry}/app`
const images = `images:\n- name: ${app}\n`
const good = overlayFiles('dev', images, [app])

describe.skipIf(lacksTools('kustomize'))('kustomize-pin refuses, and pushes nothing', () => {
  let server: TestGitServer
  let count = 0
  beforeAll(async () => {
    server = await startGitServer()
  })
  afterAll(() => server.stop())

  const site = (files: Record<string, string> = good): PinSite =>
    PinSite.create(server, `hostile-${count++}`, files)

  async function refusal(gitops: PinSite, overlay = 'dev'): Promise<string> {
    const tip = gitops.git('rev-parse', 'main')
    const result = await gitops.pin([`${overlay} ${app}@${digestOf('a')}`])
    expect(result.exitCode, result.log).toBe(1)
    expect(result.outputs).toEqual({})
    expect(gitops.git('rev-parse', 'main')).toBe(tip)
    return result.log
  }

  describe('hostile repositories', () => {
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
        ...good,
        'dev/kustomization.yaml': `resources: [../module]\n${images}`,
      })
      gitops.commitSubmodule('module')
      expect(await refusal(gitops)).toContain(
        'PIN_PATH_REFUSED: module is refused: module is a submodule',
      )
    })

    test('a base outside the repository', async () => {
      const gitops = site({
        ...good,
        'dev/kustomization.yaml': `resources: [../../etc]\n${images}`,
      })
      expect(await refusal(gitops)).toContain('"../../etc" (in dev) leads out of the repository')
    })

    test('an absolute base', async () => {
      const gitops = site({ ...good, 'dev/kustomization.yaml': `resources: [/etc]\n${images}` })
      expect(await refusal(gitops)).toContain('"/etc" (in dev) is an absolute path')
    })

    test.each([
      'https://example.com/base',
      'github.com/owner/repo//base',
      'git@host:a/b',
      'base?ref=main',
    ])('a remote base, %s', async (base) => {
      const gitops = site({
        ...good,
        'dev/kustomization.yaml': `resources: ['${base}']\n${images}`,
      })
      expect(await refusal(gitops)).toContain(
        `PIN_REMOTE_RESOURCE: dev/kustomization.yaml refers to ${base}`,
      )
    })

    test('a remote patch', async () => {
      const text = `resources: [base]\npatches: [{path: 'http://127.0.0.1/x'}]\n${images}`
      expect(await refusal(site({ ...good, 'dev/kustomization.yaml': text }))).toContain(
        'PIN_REMOTE_RESOURCE',
      )
    })

    test('a remote file in a base', async () => {
      const text = 'resources: [deployment.yaml, "https://example.com/x.yaml"]\n'
      expect(await refusal(site({ ...good, 'dev/base/kustomization.yaml': text }))).toContain(
        'PIN_REMOTE_RESOURCE: dev/base/kustomization.yaml',
      )
    })

    test('a huge file beside the overlay, which is not even fetched', async () => {
      const gitops = site({ ...good, 'dev/huge.bin': 'x'.repeat(5_000_000) })
      expect(await refusal(gitops)).toContain('PIN_FILE_TOO_LARGE: dev/huge.bin is over 2 MiB')
    })

    test('a huge file from a server that cannot filter', async () => {
      const gitops = site({ ...good, 'dev/huge.bin': 'x'.repeat(5_000_000) })
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
      ['a line end of YAML 1.1', 'namespace: a # \u2028bases: [../../outside]', 'U+2028'],
      ['a line end of old', 'namespace: a # \rbases: [../../outside]', 'U+000D'],
      ['an alias of nothing', 'crds: [*x]', 'YAML_INVALID: dev/kustomization.yaml: Unresolved'],
      ['two documents', '---\nbases: [../../outside]', 'YAML_MULTI_DOCUMENT'],
      ['an alias bomb', bomb(), 'YAML_INVALID: dev/kustomization.yaml: Excessive alias count'],
    ])('a kustomization with %s', async (_, line, message) => {
      const text = line === '%YAML' ? `%YAML 1.1\n---\n${root}` : `${root}${line}\n`
      expect(await refusal(site({ ...good, 'dev/kustomization.yaml': text }))).toContain(message)
    })

    test('a small file of so many keys that reading it would take minutes', async () => {
      const keys = Array.from({ length: 40_000 }, (_, index) => `  k${index}: 1\n`).join('')
      const text = `commonAnnotations:\n${keys}${root}`
      expect(await refusal(site({ ...good, 'dev/kustomization.yaml': text }))).toContain(
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
      expect(await refusal(site({ ...good, ...files, ...bad }))).toContain(
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
          ...good,
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
          ...good,
          'dev/kustomization.yaml': `${root}generators: [plugins]\n`,
          'dev/plugins/kustomization.yaml': 'resources: [gen.yaml]\n',
          'dev/plugins/gen.yaml': plugin('literals: ["a=https://example.com/"]'),
        })
        const result = await gitops.pin([`dev ${app}@${digestOf('a')}`])
        expect(result.outputs['changed'], result.log).toBe('true')
      })

      test('what a replacement brings into an image is not told', async () => {
        const custom = `---\napiVersion: example.com/v1\nkind: App\nmetadata: {name: x}\nspec: {image: '${app}:v1'}\n`
        const replacement = `configMapGenerator: [{name: c, literals: ["a=SECRET-of-runner"]}]\nreplacements:\n- source: {kind: ConfigMap, fieldPath: data.a}\n  targets:\n  - select: {kind: App}\n    fieldPaths: [spec.image]\n    options: {delimiter: ':', index: 2}\n`
        const gitops = site({
          ...good,
          'dev/kustomization.yaml': `${root}${replacement}`,
          'dev/base/deployment.yaml': `${deployments(app)}${custom}`,
        })
        const log = await refusal(gitops)
        expect(log).toContain('PIN_NOT_EVERYWHERE: in dev, spec.image would still be')
        expect(log).not.toContain('SECRET-of-runner')
      })
    })

    test('an overlay that runs helm', async () => {
      const text = `resources: [base]\nhelmCharts: [{name: x, repo: 'https://example.com'}]\n${images}`
      expect(await refusal(site({ ...good, 'dev/kustomization.yaml': text }))).toContain(
        'PIN_BUILD_FAILED',
      )
    })
  })

  test('a huge file elsewhere in the repository does not matter', async () => {
    const gitops = site({ ...good, 'elsewhere/huge.bin': 'x'.repeat(5_000_000) })
    const result = await gitops.pin([`dev ${app}@${digestOf('a')}`])
    expect(result.outputs['changed'], result.log).toBe('true')
    expect(gitops.git('fsck', '--strict', '--no-dangling')).toBe('')
  })

  test('attributes of the repository change no byte', async () => {
    const text = `resources:\n- base\nimages:\n- name: ${app}\n`
    const gitops = site({
      ...good,
      '.gitattributes': '* text eol=crlf ident filter=evil\n',
      'dev/kustomization.yaml': text,
    })
    const result = await gitops.pin([`dev ${app}@${digestOf('a')}`])
    expect(result.outputs['changed'], result.log).toBe('true')
    expect(gitops.read('dev/kustomization.yaml')).toBe(`${text}  digest: ${digestOf('a')}\n`)
  })

  describe('overlays', () => {
    test('one that does not exist', async () => {
      expect(await refusal(site(), 'nope')).toContain(
        'PIN_OVERLAY_MISSING: the overlay directory nope does not exist',
      )
    })

    test('one that is a file', async () => {
      expect(await refusal(site(), 'dev/kustomization.yaml')).toContain('is a file')
    })

    test('one without a kustomization file', async () => {
      expect(await refusal(site({ ...good, 'raw/x.yaml': 'a: 1\n' }), 'raw')).toContain(
        'holds no kustomization file',
      )
    })

    test('one with two kustomization files', async () => {
      expect(await refusal(site({ ...good, 'dev/Kustomization': images }))).toContain(
        'PIN_OVERLAY_AMBIGUOUS',
      )
    })
  })

  describe('pins that a build disproves', () => {
    test('one of an entry that feeds another one, or is fed by it', async () => {
      const fed = `images: [{name: '${app}'}, {name: other, newName: '${app}'}]\n`
      const taken = `images: [{name: '${app}', newName: other}, {name: other, newName: '${app}'}]\n`
      for (const list of [fed, taken]) {
        const log = await refusal(site(overlayFiles('dev', list, [app, 'other'])))
        expect(log).toMatch(/PIN_ENTRY_(CHAINED|AMBIGUOUS)/)
      }
    })

    test('one of several entries that reaches no container', async () => {
      const list = `images:\n- {name: gone, newName: '${app}'}\n- {name: other, newName: '${app}', digest: '${digestOf('a')}'}\n`
      const gitops = site(overlayFiles('dev', list, ['other']))
      const result = await gitops.pin([`dev gone=${app}@${digestOf('a')}`])
      expect(result.log).toContain('PIN_CHANGED_NOTHING')
    })

    test('an alias in another entry is named', async () => {
      const list = `images:\n- name: &o '${app}'\n- name: *o\n  newName: x\n`
      expect(await refusal(site(overlayFiles('dev', list, [app])))).toMatch(
        /PIN_ENTRY_SHAPE: dev\/kustomization.yaml:6:3: name of the images entry is an alias/,
      )
    })

    test('one that reaches no container, with what was probably meant', async () => {
      const files = overlayFiles('dev', images, ['docker.io/app'])
      const log = await refusal(site(files))
      expect(log).toContain(
        `PIN_CHANGED_NOTHING: dev has no container of ${app}: containers use docker.io/app`,
      )
      expect(log).toContain('Did you mean docker.io/app?')
    })

    test('one whose name matches another image as a pattern', async () => {
      const files = overlayFiles('dev', images, [app, app.replace('registry.', 'registryX')])
      expect(await refusal(site(files))).toContain('PIN_ENTRY_PATTERN')
    })

    test('one that a later transformer undoes', async () => {
      const gitops = site({
        ...good,
        'dev/kustomization.yaml': `resources: [base]\n${images}transformers: [undo.yaml]\n`,
        'dev/undo.yaml': `apiVersion: builtin\nkind: ImageTagTransformer\nmetadata: {name: undo}\nimageTag: {name: '${app}', newTag: v0}\n`,
      })
      expect(await refusal(gitops)).toMatch(/PIN_NOT_EVERYWHERE/)
    })

    test('one beside a place that kustomize does not transform', async () => {
      const custom = `---\napiVersion: example.com/v1\nkind: App\nmetadata: {name: x}\nspec: {image: '${app}:v1'}\n`
      const gitops = site({ ...good, 'dev/base/deployment.yaml': `${deployments(app)}${custom}` })
      expect(await refusal(gitops)).toContain(
        'PIN_NOT_EVERYWHERE: in dev, spec.image would still be',
      )
    })

    test('one that changes something else through a replacement', async () => {
      const replacement = `replacements:\n- source: {kind: Deployment, fieldPath: 'spec.template.spec.containers.0.image'}\n  targets:\n  - select: {kind: Deployment}\n    fieldPaths: [metadata.annotations.note]\n    options: {create: true, delimiter: '@', index: 1}\n`
      const gitops = site({
        ...good,
        'dev/kustomization.yaml': `resources: [base]\n${images}${replacement}`,
      })
      expect(await refusal(gitops)).toContain(
        'PIN_BUILD_DIFFERS: the pin would change more of dev: metadata.annotations.note',
      )
    })

    test('an overlay that does not build', async () => {
      const gitops = site({
        ...good,
        'dev/kustomization.yaml': `resources: [gone.yaml]\n${images}`,
      })
      expect(await refusal(gitops)).toContain('PIN_BUILD_FAILED: kustomize build dev')
    })
  })

  test('a protected branch is refused at once, with the words of the server', async () => {
    const gitops = site()
    gitops.hook('pre-receive', 'echo "Not allowed to push to protected branch main" >&2; exit 1')
    const log = await refusal(gitops)
    expect(log).toContain(
      'PIN_PUSH_REFUSED: the server refuses a push to main: pre-receive hook declined',
    )
    expect(log).toContain('Not allowed to push to protected branch main')
    expect(log).not.toContain('attempt 1 of 20')
  })

  test('a push that landed without an answer counts as done', async () => {
    const gitops = site()
    gitops.hook('post-receive', 'kill -9 $PPID')
    const result = await gitops.pin([`dev ${app}@${digestOf('a')}`])
    expect(result.outputs, result.log).toMatchObject({
      commit: gitops.git('rev-parse', 'main'),
      changed: 'true',
      attempts: '2',
    })
    expect(gitops.git('rev-list', '--count', 'main')).toBe('2')
  })

  test.each([
    ['with allow-unknown-order', { 'allow-unknown-order': 'true' }, `digest: ${digestOf('b')}`],
    ['in a rollback', { rollback: 'true', 'rollback-reason': 'why' }, `digest: ${digestOf('b')}`],
    ['to a tag', {}, 'newTag: v2-hotfix'],
  ])(
    'an image that another writer moves meanwhile is not overwritten, even %s',
    async (_, more, theirLine) => {
      const gitops = site()
      const moved = `# dev\nresources:\n  - base\n${images}  ${theirLine}\n`
      const theirs = gitops.commit('dev/kustomization.yaml', moved)
      gitops.git('update-ref', 'refs/heads/main', `${theirs}~1`)
      gitops.hook(
        'pre-receive',
        `unset GIT_QUARANTINE_PATH; git update-ref refs/heads/main ${theirs}`,
      )
      const result = await gitops.pin([`dev ${app}@${digestOf('a')}`], more)
      expect(result.exitCode).toBe(1)
      expect(result.log).toContain('PIN_IMAGE_CHANGED')
      expect(gitops.read('dev/kustomization.yaml')).toBe(moved)
    },
  )

  test('a branch that moves in every attempt is given up, and said so', async () => {
    const gitops = site()
    const move = [
      'unset GIT_QUARANTINE_PATH GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES',
      'next=$(git -c user.name=x -c user.email=x@invalid commit-tree -p main -m x main^{tree})',
      'git update-ref refs/heads/main "$next"',
    ]
    gitops.hook('pre-receive', move.join('\n'))
    const result = await gitops.pin([`dev ${app}@${digestOf('a')}`], { attempts: '3' })
    expect(result.log).toContain('PIN_RACE_LOST: no push got through in 3 attempts')
    expect(gitops.git('rev-list', '--count', 'main')).toBe('4')
  })

  test('another branch that does not exist is not created', async () => {
    const gitops = site()
    const result = await gitops.pin([`dev ${app}@${digestOf('a')}`], { branch: 'nope' })
    expect(result.log).toContain('GIT_BRANCH_MISSING')
    expect(gitops.git('branch', '--list', 'nope')).toBe('')
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
