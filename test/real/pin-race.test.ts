import { lacksTools, startGitServer, type TestGitServer } from '@tierseal/test-kit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { deployments, makeSource, overlayFiles, PinSite, registry } from './pin-site.ts'

const writers = 24
const apps = Array.from({ length: writers }, (_, index) => `${registry}/app-${index}`)

function hexDigest(index: number): string {
  return `sha256:${index.toString(16).padStart(64, '0')}`
}

describe.skipIf(lacksTools('kustomize'))('kustomize-pin among other writers', () => {
  let server: TestGitServer
  beforeAll(async () => {
    server = await startGitServer()
  })
  afterAll(() => server.stop())

  async function pinAll(site: PinSite, overlayOf: (index: number) => string): Promise<void> {
    const runs = apps.map((app, index) =>
      site.pin([`${overlayOf(index)} ${app}@${hexDigest(index + 1)}`], {
        'timeout-seconds': '500',
      }),
    )
    const results = await Promise.all(runs)
    for (const { log, exitCode } of results) expect(log, log).toSatisfy(() => exitCode === 0)
  }

  const shapes = {
    'two images in one file each': {
      overlayOf: (index: number) => `team-${Math.floor(index / 2)}`,
      files: Object.fromEntries(
        Array.from({ length: writers / 2 }, (_, team) => {
          const two = apps.slice(team * 2, team * 2 + 2)
          const images = `images:\n${two.map((app) => `- name: ${app}\n`).join('')}`
          return Object.entries(overlayFiles(`team-${team}`, images, two))
        }).flat(),
      ),
    },
    'entries of one file in flow style, on one line': {
      overlayOf: () => 'dev',
      files: {
        'dev/kustomization.yaml': `resources: [all.yaml]\nimages: [${apps.map((app) => `{name: ${app}}`).join(', ')}]\n`,
        'dev/all.yaml': deployments(...apps),
      },
    },
  }

  test.each(Object.entries(shapes))(
    '24 concurrent runs, %s: every pin is there, each its own commit',
    { timeout: 600_000 },
    async (name, { files, overlayOf }) => {
      const site = PinSite.create(server, name.replaceAll(/[^a-z0-9]/g, '-'), files)
      await pinAll(site, overlayOf)
      for (const [index, app] of apps.entries()) {
        const text = site.read(`${overlayOf(index)}/kustomization.yaml`) ?? ''
        expect(text).toMatch(
          new RegExp(`name: ${app}(?:, |\\n  )digest: ${hexDigest(index + 1)}(?![0-9a-f])`),
        )
      }
      expect(site.git('rev-list', '--count', 'main')).toBe(String(writers + 1))
      expect(site.git('fsck', '--strict', '--no-dangling')).toBe('')
    },
  )

  test('concurrent runs for one image: the newest build stands at the end, none goes back', async () => {
    const app = `${registry}/app`
    const source = makeSource(6)
    const site = PinSite.create(
      server,
      'one-image',
      overlayFiles('dev', `images:\n- name: ${app}\n`, [app]),
    )
    const shuffled = [3, 0, 5, 1, 4, 2]
    const runs = shuffled.map((index) =>
      site.pin([`dev ${app}@${hexDigest(index + 1)}`], {
        'source-revision': source.line[index] ?? '',
        'source-checkout': source.directory,
      }),
    )
    const results = await Promise.all(runs)
    for (const { log, exitCode } of results) expect(log, log).toSatisfy(() => exitCode === 0)
    expect(site.read('dev/kustomization.yaml')).toContain(hexDigest(6))
    const revisions = site.git(
      'log',
      '--reverse',
      '--format=%(trailers:key=Source-Revision,valueonly)',
      'main',
    )
    const places = revisions
      .split('\n')
      .flatMap((text) => (text === '' ? [] : [source.line.indexOf(text)]))
    expect(places).toEqual([...places].sort((a, b) => a - b))
    const superseded = results.filter(({ outputs }) => outputs['superseded'] === 'true')
    expect(superseded.length + places.length).toBe(6)
  })
})
