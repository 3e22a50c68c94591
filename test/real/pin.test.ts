import { lacksTools } from '@tierseal/test-kit'
import { describe, expect, test } from 'vitest'
import { app, gitHost, images, pinOf } from './pin-fixture.ts'
import { digestOf, git, makeSource, overlayFiles, type PinSite, registry } from './pin-site.ts'

const web = `${registry}/web`

describe.skipIf(lacksTools('kustomize'))('kustomize-pin against a real git server', () => {
  const host = gitHost()
  const { site } = host

  test('pins an image in one commit with trailers and changes one line', async () => {
    const images = `images:\n  # the app\n  - name: ${app}\n    newTag: v1 # old\n`
    const gitops = site(overlayFiles('dev', images, [`${app}:latest`]))
    const before = gitops.read('dev/kustomization.yaml') ?? ''
    const result = await gitops.pin([pinOf('a')], { 'run-url': 'https://ci/1' })
    expect(result.log).not.toContain('::error')
    expect(result.outputs).toEqual({
      commit: gitops.git('rev-parse', 'main'),
      changed: 'true',
      superseded: 'false',
      attempts: '1',
      'previous-digest': 'none',
    })
    const after = before.replace('newTag: v1', `digest: ${digestOf('a')}`)
    expect(gitops.read('dev/kustomization.yaml')).toBe(after)
    expect(gitops.git('log', '--format=%an <%ae>%n%B', '-1')).toMatchInlineSnapshot(`
      "tierseal <tierseal@localhost>
      deploy(dev): registry.internal:5000/dev/app@sha256:aaaaaaaaaaaa

      Image: registry.internal:5000/dev/app
      Image-Digest: sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
      Previous-Digest: none
      Previous-Tag: v1
      Overlay: dev
      Source-Repository: platform/payments
      Source-Revision: 4f1c2d3e4f5061728394a5b6c7d8e9f001122334
      Run-Url: https://ci/1"
    `)
    expect(gitops.git('diff', '--stat', 'main~1', 'main')).toContain(
      '1 insertion(+), 1 deletion(-)',
    )
    expect(result.summary).toContain(`+    digest: ${digestOf('a')} # old`)
  })

  test('many overlays and images become one commit', async () => {
    const images = `images: [{name: ${app}}, {name: ${web}}]\n`
    const gitops = site({
      ...overlayFiles('a/dev', images, [app, web]),
      ...overlayFiles('b/dev', images, [app, web]),
    })
    const pins = [
      `a/dev ${app}@${digestOf('1')}`,
      `a/dev ${web}@${digestOf('2')}`,
      `b/dev ${app}@${digestOf('1')}`,
      `b/dev ${web}@${digestOf('2')}`,
    ]
    const result = await gitops.pin(pins)
    expect(result.outputs).toMatchObject({
      changed: 'true',
      'previous-digest': 'none\nnone\nnone\nnone',
    })
    expect(gitops.git('rev-list', '--count', 'main')).toBe('2')
    const pinned = `images: [{name: ${app}, digest: ${digestOf('1')}}, {name: ${web}, digest: ${digestOf('2')}}]`
    expect(gitops.read('a/dev/kustomization.yaml')).toContain(pinned)
    expect(gitops.read('b/dev/kustomization.yaml')).toContain(pinned)
  })

  test('a digest that is there already makes no commit', async () => {
    const images = `images:\n- name: ${app}\n  digest: ${digestOf('a')}\n`
    const gitops = site(overlayFiles('dev', images, [app]))
    const tip = gitops.git('rev-parse', 'main')
    const result = await gitops.pin([pinOf('a')])
    expect(result.outputs).toMatchObject({
      commit: tip,
      changed: 'false',
      'previous-digest': digestOf('a'),
    })
    expect(gitops.git('rev-parse', 'main')).toBe(tip)
  })

  test('one of several entries that lead to the same image is pinned alone', async () => {
    const images = `images:\n- name: web\n  newName: ${app}\n- name: worker\n  newName: ${app}\n`
    const gitops = site(overlayFiles('dev', images, ['web:v1', 'worker:v1']))
    const unnamed = await gitops.pin([pinOf('a')])
    expect(unnamed.log).toContain('PIN_ENTRY_AMBIGUOUS')
    const worker = await gitops.pin([`dev worker=${app}@${digestOf('a')}`])
    expect(worker.outputs['changed'], worker.log).toBe('true')
    const from = { 'allow-unknown-order': 'true' }
    const web = await gitops.pin([`dev web=${app}@${digestOf('b')}`], from)
    expect(web.outputs['changed'], web.log).toBe('true')
    expect(gitops.read('dev/kustomization.yaml')).toContain(
      images
        .replace(/(- name: web\n.*\n)/, `$1  digest: ${digestOf('b')}\n`)
        .replace(/(- name: worker\n.*\n)/, `$1  digest: ${digestOf('a')}\n`),
    )
  })

  describe('keeps the order of the source', () => {
    const source = makeSource()
    const [first = '', second = '', third = ''] = source.line

    async function pinned(revision: string): Promise<PinSite> {
      const gitops = site()
      const result = await gitops.pin([pinOf('2')], {
        'source-revision': revision,
      })
      expect(result.outputs['changed']).toBe('true')
      return gitops
    }
    const from = (revision: string, checkout = source.directory) => ({
      'source-revision': revision,
      'source-checkout': checkout,
    })

    test('a newer build replaces an older one', async () => {
      const gitops = await pinned(second)
      const result = await gitops.pin([pinOf('3')], from(third))
      expect(result.outputs).toMatchObject({
        changed: 'true',
        superseded: 'false',
        'previous-digest': digestOf('2'),
      })
    })

    test('an older build leaves a newer one alone, and says so', async () => {
      const gitops = await pinned(second)
      const result = await gitops.pin([pinOf('1')], from(first))
      expect(result).toMatchObject({
        exitCode: 0,
        outputs: { changed: 'false', superseded: 'true' },
      })
      expect(gitops.read('dev/kustomization.yaml')).toContain(digestOf('2'))
    })

    test('an older build rolls back with a reason', async () => {
      const gitops = await pinned(second)
      const why = { rollback: 'true', 'rollback-reason': 'incident 7' }
      const result = await gitops.pin([pinOf('1')], { ...from(first), ...why })
      expect(result.outputs['changed']).toBe('true')
      expect(gitops.git('log', '-1', '--format=%(trailers:key=Rollback-Reason)')).toContain(
        'incident 7',
      )
    })

    test('a commit of another line is refused', async () => {
      const gitops = await pinned(second)
      const result = await gitops.pin([pinOf('1')], from(source.beside))
      expect(result.log).toContain('PIN_ORDER_DIVERGED')
    })

    test('without the source the order is unknown and the pin is refused, unless allowed', async () => {
      const gitops = await pinned(second)
      const pins = [pinOf('3')]
      const refused = await gitops.pin(pins, { 'source-revision': third })
      expect(refused).toMatchObject({ exitCode: 1 })
      expect(refused.log).toContain('PIN_ORDER_UNKNOWN')
      const allowed = await gitops.pin(pins, {
        'source-revision': third,
        'allow-unknown-order': 'true',
      })
      expect(allowed.outputs['changed']).toBe('true')
    })

    test('a shallow checkout does not pretend to know', async () => {
      const gitops = await pinned(first)
      const shallow = `${source.directory}-shallow`
      git('/', ['clone', '--quiet', '--depth=1', `file://${source.directory}`, shallow])
      const result = await gitops.pin([pinOf('3')], from(third, shallow))
      expect(result.log).toContain('PIN_ORDER_UNKNOWN')
      expect(result.log).toContain('does not hold all history')
    })

    test('a checkout that is older than what is deployed asks the forge', async () => {
      const forge = site({ 'README.md': 'source' })
      const older = forge.git('rev-parse', 'main')
      const checkout = `${source.directory}-old`
      git('/', ['clone', '--quiet', `file://${forge.bare}`, checkout])
      const newer = forge.commit('README.md', 'more')
      const gitops = await pinned(newer)
      const pins = [pinOf('1')]
      const blind = await gitops.pin(pins, from(older, checkout))
      expect(blind.log).toContain('PIN_ORDER_UNKNOWN')
      const more = { 'source-url': forge.url, 'source-token': host.server.token }
      const seeing = await gitops.pin(pins, { ...from(older, checkout), ...more })
      expect(seeing.outputs, seeing.log).toMatchObject({ changed: 'false', superseded: 'true' })
    })

    // docs/runbooks/roll-back.md: what a person does by hand on the GitOps branch.
    test('a revert by hand holds until the next build, and a job run again takes it back', async () => {
      const gitops = await pinned(first)
      const good = gitops.read('dev/kustomization.yaml') ?? ''
      const bad = [pinOf('3')]
      await gitops.pin(bad, from(second))
      gitops.commit('dev/kustomization.yaml', good, 'Revert "deploy(dev)"')
      expect((await gitops.pin(bad, from(second))).outputs['changed']).toBe('true')
      gitops.commit('dev/kustomization.yaml', good, 'Revert "deploy(dev)"')
      const next = await gitops.pin([pinOf('4')], from(third))
      expect(next.outputs).toMatchObject({ changed: 'true', 'previous-digest': digestOf('2') })
    })

    test('a pin of another line that was taken back by hand stops nobody', async () => {
      const gitops = await pinned(first)
      const good = gitops.read('dev/kustomization.yaml') ?? ''
      await gitops.pin([pinOf('3')], from(source.beside))
      const pins = [pinOf('4')]
      const stopped = await gitops.pin(pins, from(third))
      expect(stopped.log).toMatch(/PIN_ORDER_DIVERGED[\s\S]*docs\/runbooks\/roll-back\.md/)
      gitops.commit('dev/kustomization.yaml', good, 'Revert "deploy(dev)"')
      expect((await gitops.pin(pins, from(third))).outputs['changed']).toBe('true')
    })

    test('a commit that changes nothing tells where a digest written by hand comes from', async () => {
      const text = `${images}  digest: ${digestOf('9')}\n`
      const gitops = site(overlayFiles('dev', text, [app]))
      const trailers = [
        `Image: ${app}`,
        `Image-Digest: ${digestOf('9')}`,
        'Source-Repository: platform/payments',
        `Source-Revision: ${first}`,
      ]
      const file = gitops.read('dev/kustomization.yaml') ?? ''
      gitops.commit('dev/kustomization.yaml', file, `app: its origin\n\n${trailers.join('\n')}`)
      const result = await gitops.pin([pinOf('3')], from(third))
      expect(result.outputs, result.log).toMatchObject({ changed: 'true' })
    })

    test('a digest that an older build brings to another overlay stays that of the newer one', async () => {
      const gitops = site({
        ...overlayFiles('one', images, [app]),
        ...overlayFiles('two', images, [app]),
      })
      await gitops.pin([pinOf('3', 'one')], from(third))
      const late = await gitops.pin([pinOf('3', 'one'), pinOf('3', 'two')], from(first))
      expect(late.outputs['changed']).toBe('true')
      const slow = await gitops.pin([pinOf('2', 'one')], from(second))
      expect(slow.outputs).toMatchObject({ changed: 'false', superseded: 'true' })
      expect(gitops.read('one/kustomization.yaml')).toContain(digestOf('3'))
    })

    test('a digest that comes back is dated anew, once, and a slow build in between stays behind', async () => {
      const gitops = await pinned(first)
      const state = () => gitops.git('rev-parse', 'main', 'main^{tree}').split('\n')
      const [, tree = ''] = state()
      const again = await gitops.pin([pinOf('2')], from(third))
      const [commit = '', sameTree = ''] = state()
      expect(again.outputs, again.log).toMatchObject({ changed: 'false', commit })
      expect([sameTree, gitops.git('rev-list', '--count', 'main')]).toEqual([tree, '3'])
      expect(again.summary).toContain('stands, and now comes from this build')
      await gitops.pin([pinOf('2')], from(third))
      expect(state()).toEqual([commit, tree])
      const slow = await gitops.pin([pinOf('e')], from(second))
      expect(slow.outputs, slow.log).toMatchObject({ changed: 'false', superseded: 'true' })
    })

    test.each([
      ['newer', 2, 1],
      ['older', 0, 1],
    ])(
      'a checkout of one commit that is %s asks the forge for the way between',
      async (_, ours, theirs) => {
        const forge = site({ 'README.md': 'source' })
        const line = [forge.git('rev-parse', 'main')]
        for (const text of ['b', 'c']) line.push(forge.commit('README.md', text))
        const tip = line[ours] ?? ''
        const checkout = `${source.directory}-depth-${ours}`
        forge.git('branch', 'ours', tip)
        const clone = ['clone', '--quiet', '--depth=1', '--branch=ours', `file://${forge.bare}`]
        git('/', [...clone, checkout])
        const gitops = await pinned(line[theirs] ?? '')
        const more = { 'source-url': forge.url, 'source-token': host.server.token }
        const result = await gitops.pin([pinOf('1')], {
          ...from(tip, checkout),
          ...more,
        })
        const newer = ours > theirs
        expect(result.outputs, result.log).toMatchObject({
          changed: String(newer),
          superseded: String(!newer),
        })
      },
    )

    test('a superseded pin does not mind a shape that no edit would be safe in', async () => {
      const gitops = await pinned(second)
      const text = gitops.read('dev/kustomization.yaml') ?? ''
      gitops.commit('dev/kustomization.yaml', text.replace('digest: ', 'digest: &d '))
      const result = await gitops.pin([pinOf('1')], from(first))
      expect(result.outputs, result.log).toMatchObject({ superseded: 'true' })
    })

    test('each cause has a hint that helps', async () => {
      const gitops = await pinned(second)
      const beside = await gitops.pin([pinOf('1')], from(source.beside))
      expect(beside.log).toMatch(/PIN_ORDER_DIVERGED.*docs\/runbooks\/roll-back\.md/)
      const elsewhere = { ...from(third), 'source-repository': 'another/source' }
      const foreign = await gitops.pin([pinOf('1')], elsewhere)
      expect(foreign.log).toMatch(/PIN_ORDER_UNKNOWN.*Check source-repository/)
      for (const { log } of [beside, foreign]) expect(log).not.toContain('fetch-depth')
    })

    test('a digest that was written by hand is refused, unless allowed', async () => {
      const gitops = site(overlayFiles('dev', `${images}  digest: ${digestOf('9')}\n`, [app]))
      const result = await gitops.pin([pinOf('3')], from(third))
      expect(result.log).toContain('PIN_ORDER_UNKNOWN')
      expect(result.log).toContain('no commit on the branch tells')
    })
  })
})
