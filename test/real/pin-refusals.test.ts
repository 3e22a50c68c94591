import { lacksTools } from '@tierseal/test-kit'
import { describe, expect, test } from 'vitest'
import { app, devFiles, gitHost, images, pinOf, refusal } from './pin-fixture.ts'
import { deployments, digestOf, overlayFiles } from './pin-site.ts'

describe.skipIf(lacksTools('kustomize'))('kustomize-pin refuses, and pushes nothing', () => {
  const { site } = gitHost()

  test('a huge file elsewhere in the repository does not matter', async () => {
    const gitops = site({ ...devFiles, 'elsewhere/huge.bin': 'x'.repeat(5_000_000) })
    const result = await gitops.pin([pinOf('a')])
    expect(result.outputs['changed'], result.log).toBe('true')
    expect(gitops.git('fsck', '--strict', '--no-dangling')).toBe('')
  })

  test('attributes of the repository change no byte', async () => {
    const text = `resources:\n- base\nimages:\n- name: ${app}\n`
    const gitops = site({
      ...devFiles,
      '.gitattributes': '* text eol=crlf ident filter=evil\n',
      'dev/kustomization.yaml': text,
    })
    const result = await gitops.pin([pinOf('a')])
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
      expect(await refusal(site({ ...devFiles, 'raw/x.yaml': 'a: 1\n' }), 'raw')).toContain(
        'holds no kustomization file',
      )
    })

    test('one with two kustomization files', async () => {
      expect(await refusal(site({ ...devFiles, 'dev/Kustomization': images }))).toContain(
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
        ...devFiles,
        'dev/kustomization.yaml': `resources: [base]\n${images}transformers: [undo.yaml]\n`,
        'dev/undo.yaml': `apiVersion: builtin\nkind: ImageTagTransformer\nmetadata: {name: undo}\nimageTag: {name: '${app}', newTag: v0}\n`,
      })
      expect(await refusal(gitops)).toMatch(/PIN_NOT_EVERYWHERE/)
    })

    test('one beside a place that kustomize does not transform', async () => {
      const custom = `---\napiVersion: example.com/v1\nkind: App\nmetadata: {name: x}\nspec: {image: '${app}:v1'}\n`
      const gitops = site({
        ...devFiles,
        'dev/base/deployment.yaml': `${deployments(app)}${custom}`,
      })
      expect(await refusal(gitops)).toContain(
        'PIN_NOT_EVERYWHERE: in dev, spec.image would still be',
      )
    })

    test('one that changes something else through a replacement', async () => {
      const replacement = `replacements:\n- source: {kind: Deployment, fieldPath: 'spec.template.spec.containers.0.image'}\n  targets:\n  - select: {kind: Deployment}\n    fieldPaths: [metadata.annotations.note]\n    options: {create: true, delimiter: '@', index: 1}\n`
      const gitops = site({
        ...devFiles,
        'dev/kustomization.yaml': `resources: [base]\n${images}${replacement}`,
      })
      expect(await refusal(gitops)).toContain(
        'PIN_BUILD_DIFFERS: the pin would change more of dev: metadata.annotations.note',
      )
    })

    test('an overlay that does not build', async () => {
      const gitops = site({
        ...devFiles,
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
    const result = await gitops.pin([pinOf('a')])
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
      const result = await gitops.pin([pinOf('a')], more)
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
    const result = await gitops.pin([pinOf('a')], { attempts: '3' })
    expect(result.log).toContain('PIN_RACE_LOST: no push got through in 3 attempts')
    expect(gitops.git('rev-list', '--count', 'main')).toBe('4')
  })

  test('another branch that does not exist is not created', async () => {
    const gitops = site()
    const result = await gitops.pin([pinOf('a')], { branch: 'nope' })
    expect(result.log).toContain('GIT_BRANCH_MISSING')
    expect(gitops.git('branch', '--list', 'nope')).toBe('')
  })
})
