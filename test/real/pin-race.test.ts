import { lacksTools } from '@tierseal/test-kit'
import { describe, expect, test } from 'vitest'
import { gitHost } from './pin-fixture.ts'
import { deployments, makeSource, overlayFiles, type PinSite, registry } from './pin-site.ts'

const writers = 24
const apps = Array.from({ length: writers }, (_, index) => `${registry}/app-${index}`)

function hexDigest(index: number): string {
  return `sha256:${index.toString(16).padStart(64, '0')}`
}

describe.skipIf(lacksTools('kustomize'))('kustomize-pin among other writers', () => {
  const host = gitHost()

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
    async (_, { files, overlayOf }) => {
      const site = host.site(files)
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

  const ordered = {
    'builds of one image': {
      images: ['app'],
      list: (names: readonly string[]) => names.map((name) => `- name: ${name}\n`).join(''),
    },
    'builds of two images in flow style, on one line': {
      images: ['app', 'worker'],
      list: (names: readonly string[]) =>
        `  [${names.map((name) => `{name: ${name}}`).join(', ')}]\n`,
    },
  }

  test.each(Object.entries(ordered))(
    '24 concurrent runs, %s: the newest of each stands at the end, and none went back',
    { timeout: 600_000 },
    async (_, { images, list }) => {
      const names = images.map((image) => `${registry}/${image}`)
      const source = makeSource(writers / names.length)
      const files = overlayFiles('dev', `images:\n${list(names)}`, names)
      const site = host.site(files)
      const builds = names.flatMap((image) =>
        source.line.map((revision, index) => ({ image, revision, index })),
      )
      const runs = shuffled(builds).map(({ image, revision, index }) =>
        site.pin([`dev ${image}@${hexDigest(index + 1)}`], {
          'source-revision': revision,
          'source-checkout': source.directory,
          'timeout-seconds': '500',
        }),
      )
      const results = await Promise.all(runs)
      for (const { log, exitCode } of results) expect(log, log).toSatisfy(() => exitCode === 0)
      const text = site.read('dev/kustomization.yaml')
      const commits = pinsOf(site)
      for (const image of names) {
        const newest = hexDigest(source.line.length)
        expect(text).toMatch(new RegExp(`name: ${image}(?:, |\\n  )digest: ${newest}`))
        const places = commits
          .filter((commit) => commit.image === image)
          .map(({ revision }) => source.line.indexOf(revision))
        expect(places).toEqual([...new Set(places)].sort((a, b) => a - b))
        expect(places.at(-1)).toBe(source.line.length - 1)
      }
      const superseded = results.filter(({ outputs }) => outputs['superseded'] === 'true')
      expect(superseded.length + commits.length).toBe(writers)
    },
  )
})

/** Each commit with a pin, oldest first. */
function pinsOf(site: PinSite): readonly { image: string; revision: string }[] {
  const value = (key: string): string => `%(trailers:key=${key},valueonly,separator=)`
  const format = `--format=${value('Image')} ${value('Source-Revision')}`
  const lines = site.git('log', '--reverse', format, 'main').split('\n')
  return lines.flatMap((line) => {
    const [image = '', revision = ''] = line.split(' ')
    return image === '' ? [] : [{ image, revision }]
  })
}

// In an order that is not the builds', and the same in every run of the test.
function shuffled<T>(values: readonly T[]): readonly T[] {
  const at = (index: number): number => (index * 7 + 3) % values.length
  return values.flatMap((_, index) => values.slice(at(index), at(index) + 1))
}
