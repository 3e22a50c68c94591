import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { renderSite } from '@tierseal/generator'
import {
  type CosignKeyPair,
  generateCosignKeyPair,
  lacksTools,
  pushImage,
  startRegistry,
  type TestRegistry,
  temporaryDirectory,
  toolPath,
} from '@tierseal/test-kit'
import { loadSite } from '@tierseal/tiers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { root } from '../../scripts/root.ts'
import { type SiteTextOptions, siteText } from './site/site-text.ts'

let registry: TestRegistry
let folder: string
let own: CosignKeyPair
let rogue: CosignKeyPair
const images = new Map<string, string>()

function environment(): NodeJS.ProcessEnv {
  return {
    HOME: folder,
    PATH: process.env['PATH'],
    DOCKER_CONFIG: registry.dockerConfigDirectory,
    SSL_CERT_FILE: registry.caPath,
  }
}

/** The generated policies of tier dev, written to a folder of their own. */
function writePolicies(
  name: string,
  kyverno: string,
  keys: readonly string[],
  trialImages?: SiteTextOptions['trialImages'],
): string {
  const platformImages = [images.get('platform') ?? '']
  const text = siteText({
    ...{ registry: registry.host, kyverno, platformImages },
    ...(trialImages === undefined ? {} : { trialImages }),
  })
  const files = renderSite(loadSite('tiers.yaml', text).site, new Map([['dev', keys]]))
  const prefix = 'platform/dev/kyverno/'
  const target = join(folder, name)
  for (const file of files.filter(({ path }) => path.startsWith(prefix))) {
    const path = join(target, file.path.slice(prefix.length))
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, file.text)
  }
  return target
}

interface Containers {
  readonly main: string
  readonly init?: string
  readonly ephemeral?: string
  /** Mounted as a volume. */
  readonly mounted?: string
}

function podFile(name: string, { main, init, ephemeral, mounted }: Containers): string {
  const container = (image: string) => [{ name: 'c', image: images.get(image) ?? image }]
  const spec = {
    containers: container(main),
    ...(init === undefined ? {} : { initContainers: [{ ...container(init)[0], name: 'i' }] }),
    ...(ephemeral === undefined
      ? {}
      : { ephemeralContainers: [{ ...container(ephemeral)[0], name: 'e' }] }),
    ...(mounted === undefined
      ? {}
      : { volumes: [{ name: 'v', image: { reference: images.get(mounted) ?? mounted } }] }),
  }
  const path = join(folder, `${name}.yaml`)
  const metadata = { name, namespace: 'apps-dev' }
  writeFileSync(path, stringify({ apiVersion: 'v1', kind: 'Pod', metadata, spec }))
  return path
}

interface Ran {
  readonly status: number
  readonly text: string
}

// Not spawnSync: this process also drains the registry's log, and the registry waits for that.
function run(program: string, args: readonly string[], env = environment()): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(program, args, { env, timeout: 60_000 }, (error, stdout, stderr) =>
      resolve({ status: error === null ? 0 : 1, text: stdout + stderr }),
    )
  })
}

/** Whether the policy admits the pod; the counts show that it was judged at all. */
async function judge(policy: string, pod: string): Promise<string> {
  const args = ['apply', policy, '-r', pod, '--remove-color']
  const { status, text } = await run(toolPath('kyverno'), args)
  const counts = /pass: (\d+), fail: (\d+), warn: \d+, error: (\d+)/.exec(text)
  if (counts === null) return text
  const [, pass, fail, error] = counts.map(Number)
  if (pass === 0 && fail === 0 && error === 0) return `nothing was judged: ${text}`
  return status === 0 ? 'pass' : 'fail'
}

async function signedImage(name: string, cosign: 'cosign2' | 'cosign3', keys?: CosignKeyPair) {
  const digest = await pushImage(registry, `dev/${name}`, { seed: name })
  const image = `${registry.host}/dev/${name}@${digest}`
  images.set(name, image)
  if (keys === undefined) return
  const config = join(folder, 'signing-config.json')
  writeFileSync(
    config,
    JSON.stringify({
      mediaType: 'application/vnd.dev.sigstore.signingconfig.v0.2+json',
      rekorTlogConfig: {},
      tsaConfig: {},
    }),
  )
  const form = cosign === 'cosign2' ? ['--tlog-upload=false'] : ['--signing-config', config]
  const args = ['sign', '--yes', '--key', 'env://KEY', ...form, image]
  const env = { ...environment(), KEY: keys.privateKey, COSIGN_PASSWORD: keys.password }
  const { status, text } = await run(toolPath(cosign), args, env)
  expect(status, text).toBe(0)
}

const cases: readonly (readonly [what: string, containers: Containers, verdict: string])[] = [
  ['a signed image', { main: 'signed' }, 'pass'],
  ['an unsigned image', { main: 'unsigned' }, 'fail'],
  ['an image signed with another key', { main: 'rogue' }, 'fail'],
  ['an unsigned init container', { main: 'signed', init: 'unsigned' }, 'fail'],
  ['an init container signed with another key', { main: 'signed', init: 'rogue' }, 'fail'],
  ['an unsigned ephemeral container', { main: 'signed', ephemeral: 'unsigned' }, 'fail'],
  [
    'signed containers of every kind',
    { main: 'signed', init: 'signed', ephemeral: 'signed' },
    'pass',
  ],
]

describe.skipIf(lacksTools('kyverno', 'registry', 'cosign2', 'cosign3'))('the real Kyverno', () => {
  beforeAll(async () => {
    folder = temporaryDirectory('policies')
    registry = await startRegistry()
    own = generateCosignKeyPair('own password')
    rogue = generateCosignKeyPair('rogue password')
    await signedImage('signed', 'cosign3', own)
    await signedImage('unsigned', 'cosign3')
    await signedImage('rogue', 'cosign3', rogue)
    await signedImage('legacy-signed', 'cosign2', own)
    await signedImage('legacy-rogue', 'cosign2', rogue)
    const digest = await pushImage(registry, 'platform/pause', { seed: 'pause' })
    images.set('platform', `${registry.host}/platform/pause@${digest}`)
    images.set('elsewhere', `${registry.host}/prod/app@${digest}`)
    images.set('by-tag', `${registry.host}/dev/signed:latest`)
  })

  afterAll(() => registry?.stop())

  test.each(cases)('by ImageValidatingPolicy, %s', async (what, containers, verdict) => {
    const policies = writePolicies('ivpol', '1.19', [own.publicKey])
    const pod = podFile(what.replaceAll(' ', '-'), containers)
    expect(await judge(join(policies, 'images.yaml'), pod)).toBe(verdict)
  })

  test('by ImageValidatingPolicy, an image by tag', async () => {
    const policies = writePolicies('ivpol', '1.19', [own.publicKey])
    expect(await judge(join(policies, 'images.yaml'), podFile('by-tag', { main: 'by-tag' }))).toBe(
      'fail',
    )
  })

  test.each(cases)('by ClusterPolicy, %s', async (what, containers, verdict) => {
    const policies = writePolicies('cpol', '1.18', [own.publicKey])
    const legacy = (name: string): string => (name === 'unsigned' ? name : `legacy-${name}`)
    const { main, init, ephemeral } = containers
    const pod = podFile(`legacy-${what.replaceAll(' ', '-')}`, {
      main: legacy(main),
      ...(init === undefined ? {} : { init: legacy(init) }),
      ...(ephemeral === undefined ? {} : { ephemeral: legacy(ephemeral) }),
    })
    expect(await judge(join(policies, 'images.yaml'), pod)).toBe(verdict)
  })

  test.each([
    ['ImageValidatingPolicy', '1.19', 'signed', 'rogue'],
    ['ClusterPolicy', '1.18', 'legacy-signed', 'legacy-rogue'],
  ])(
    'during a rotation, %s admits images of both keys and no others',
    async (kind, kyverno, old, next) => {
      const policies = writePolicies(`${kind}-rotation`, kyverno, [rogue.publicKey, own.publicKey])
      const policy = join(policies, 'images.yaml')
      expect(await judge(policy, podFile(`${kind}-old`, { main: old }))).toBe('pass')
      expect(await judge(policy, podFile(`${kind}-new`, { main: next }))).toBe('pass')
      expect(await judge(policy, podFile(`${kind}-none`, { main: 'unsigned' }))).toBe('fail')
    },
  )

  test('a tier without a key admits nothing of its path', async () => {
    const policies = writePolicies('no-key', '1.19', [])
    expect(await judge(join(policies, 'images.yaml'), podFile('no-key', { main: 'signed' }))).toBe(
      'fail',
    )
  })

  test.each([
    ['an image of the tier', { main: 'signed' }, 'pass'],
    ['a platform image by its digest', { main: 'platform' }, 'pass'],
    ['an image of another path', { main: 'elsewhere' }, 'fail'],
    ['an init container of another path', { main: 'signed', init: 'elsewhere' }, 'fail'],
    ['an ephemeral container of another path', { main: 'signed', ephemeral: 'elsewhere' }, 'fail'],
    ['an image without a registry', { main: 'nginx' }, 'fail'],
    ['a mounted image of another path', { main: 'signed', mounted: 'elsewhere' }, 'fail'],
    [
      'a mounted image of the tier that is not signed',
      { main: 'signed', mounted: 'unsigned' },
      'fail',
    ],
    ['a mounted platform image', { main: 'signed', mounted: 'platform' }, 'pass'],
  ] as const)('by the rule for foreign images, %s', async (what, containers, verdict) => {
    const policies = writePolicies('foreign', '1.19', [own.publicKey])
    const pod = podFile(`foreign-${what.replaceAll(' ', '-')}`, containers)
    expect(await judge(join(policies, 'foreign-images.yaml'), pod)).toBe(verdict)
  })

  test('the platform image by another digest is foreign', async () => {
    const policies = writePolicies('foreign', '1.19', [own.publicKey])
    const other = `${registry.host}/platform/pause@sha256:${'0'.repeat(64)}`
    const pod = podFile('other-platform', { main: other })
    expect(await judge(join(policies, 'foreign-images.yaml'), pod)).toBe('fail')
  })

  test("the image of a tier's own build pods is not foreign to it", async () => {
    const example = join(root, 'examples', 'site')
    const { site } = loadSite('tiers.yaml', readFileSync(join(example, 'tiers.yaml'), 'utf8'))
    const staging = site.tiers.find(({ build }) => build.executor === 'kubernetes')
    const policy = join(example, `platform/${staging?.name}/kyverno/foreign-images.yaml`)
    const pod = podFile('build-pod', { main: staging?.build.image ?? '' })
    expect(await judge(policy, pod)).toBe('pass')
  })

  test('the generated suite passes as it was generated', async () => {
    const policies = writePolicies('suite', '1.19', [own.publicKey])
    const args = ['test', join(policies, 'test'), '--remove-color']
    const { status, text } = await run(toolPath('kyverno'), args)
    expect(text).toMatch(/6 tests passed and 0 tests failed/)
    expect(status).toBe(0)
  })

  describe.each([
    // Kyverno counts a ClusterPolicy once for each image of a pod, and once for the pod.
    ['ImageValidatingPolicy', '1.19', 'signed', { of: 5, good: 2 }],
    ['ClusterPolicy', '1.18', 'legacy-signed', { of: 7, good: 5 }],
  ])('the suite generated for the trial images of a tier, by %s', (kind, kyverno, signed, rows) => {
    const suite = async (name: string, trial: string, key: CosignKeyPair) => {
      const trialImages = {
        signed: images.get(trial) ?? '',
        unsigned: images.get('unsigned') ?? '',
      }
      const policies = writePolicies(`${kind}-${name}`, kyverno, [key.publicKey], trialImages)
      const args = ['test', join(policies, 'test-signatures'), '--registry', '--remove-color']
      return run(toolPath('kyverno'), args)
    }

    test('passes where the one is signed and the other is not', async () => {
      const { status, text } = await suite('trial', signed, own)
      expect(text).toContain(`${rows.of} tests passed and 0 tests failed`)
      expect(status).toBe(0)
    })

    test.each([
      ['the key of the policy is another', signed, () => rogue],
      ['the signed one lost its signature', 'unsigned', () => own],
    ])('fails where %s', async (what, trial, key) => {
      const { status, text } = await suite(what.replaceAll(' ', '-'), trial, key())
      expect(text).toContain(`${rows.of - rows.good} tests passed and ${rows.good} tests failed`)
      expect(status).toBe(1)
    })
  })
})
