import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { jsonSchemaText } from './json-schema.ts'
import { inspectSite, loadSite } from './load.ts'

const smallest = `generator: 1.0.0
forge: gitea
actions: { source: platform/actions, version: v1.0.0, sha: 3f1d2c4b5a69788796a5b4c3d2e1f00112233445 }
checkout: { source: actions/checkout, version: v5.0.0, sha: 08c6903cd8c0fde910a37f88322edcfb5dd907a8 }
registry: { host: "registry.internal:5000" }
vault: { address: "https://vault.internal:8200" }
gitops: { repository: "https://git.internal/platform/deployments.git" }
services:
  - name: payments
tiers:
  - { name: dev, branch: develop, cluster: "https://dev.internal", kyverno: "1.19", argocd: "3.2" }
  - { name: prod, branch: main, cluster: "https://prod.internal", kyverno: "1.18", argocd: "3.5", signature: { format: legacy } }
`

test('makes everything that was not written from the name of the tier', () => {
  const [dev, prod] = loadSite('tiers.yaml', smallest).site.tiers
  expect(dev).toMatchObject({
    protected: false,
    runner: 'dev-signer',
    serviceAccount: { name: 'ci-signer', namespace: 'ci-dev' },
    imagePrefix: 'registry.internal:5000/dev/',
    overlay: 'overlays/dev',
    namespace: 'apps-dev',
    policyKind: 'ImageValidatingPolicy',
    signature: { format: 'bundle', cosign: '3' },
    vault: {
      role: 'ci-signer-dev',
      policy: 'cosign-dev',
      path: 'tiers/dev',
      publicPath: 'public/dev',
      handover: 'wrapped',
    },
  })
  expect(prod).toMatchObject({ protected: true, policyKind: 'ClusterPolicy' })
})

test('signs the commits of a tier of which Argo CD demands it, and of no other', () => {
  const demanding = smallest.replace(
    'legacy }',
    'legacy }, sourceIntegrity: { keys: [0123456789ABCDEF] }',
  )
  const [dev, prod] = loadSite('tiers.yaml', demanding).site.tiers
  expect(dev?.pin.signingKey).toBeUndefined()
  expect(prod?.pin.signingKey).toBe('GITOPS_SIGNING_KEY_PROD')
})

test('tells every error in one run, with its line, a caret and help', () => {
  const text = smallest.replace('forge:', 'frge:').replace('- name: payments', '- nam: payments')
  expect(() => loadSite('tiers.yaml', text)).toThrow(
    expect.objectContaining({
      code: 'TIERS_INVALID',
      message: `4 errors in tiers.yaml

tiers.yaml:1:1: error[TIERS_MISSING_KEY]: tiers.yaml needs "forge"
1 | generator: 1.0.0
    ^
help: One per site.

tiers.yaml:2:1: error[TIERS_UNKNOWN_KEY]: tiers.yaml has no key "frge"
2 | frge: gitea
    ^
help: did you mean forge?

tiers.yaml:9:5: error[TIERS_MISSING_KEY]: services[0] needs "name"
9 |   - nam: payments
        ^
help: The last component of the image path.

tiers.yaml:9:5: error[TIERS_UNKNOWN_KEY]: services[0] has no key "nam"
9 |   - nam: payments
        ^
help: did you mean name?`,
    }),
  )
})

test('takes one Argo CD in each cluster, which all call it by the same name', () => {
  const own = smallest.replaceAll(
    /cluster: ("https:[^"]*")/g,
    'cluster: $1, argocdDestination: "https://kubernetes.default.svc"',
  )
  const { tiers } = loadSite('tiers.yaml', own).site
  expect(new Set(tiers.map(({ argocdDestination }) => argocdDestination)).size).toBe(1)
})

test('lets a tier have a name that is also the name of a form or a way', () => {
  const renamed = smallest.replace('name: dev', 'name: legacy')
  expect(loadSite('tiers.yaml', renamed).site.tiers[0]?.name).toBe('legacy')
})

test('takes the release of the generator with or without its v', () => {
  const text = (version: string) => smallest.replace('1.0.0', version)
  expect(loadSite('tiers.yaml', text('v1.0.0')).site).toEqual(loadSite('tiers.yaml', smallest).site)
  const loading = inspectSite('tiers.yaml', text('v0.9.0'))
  expect(loading.ok ? [] : loading.findings.map(({ help }) => help)).toEqual([
    'Check out tierseal v0.9.0, or write generator: 1.0.0 and look at the diff.',
  ])
})

test('advises nothing that would be refused next: a branch has no default', () => {
  const loading = inspectSite('tiers.yaml', smallest.replace('branch: main', 'branch: develop'))
  const help = loading.ok ? [] : loading.findings.map((finding) => finding.help)
  expect(help).toEqual(['A push to a branch deploys to one tier; name another branch.'])
})

test('lists the known keys where none is near', () => {
  const loading = inspectSite('tiers.yaml', `${smallest}zzzzzz: 1\n`)
  const [finding] = loading.ok ? [] : loading.findings
  expect(finding?.help).toMatch(/^known keys: generator, forge, forgeAddress, actions/)
})

test('publishes the schema that it loads with', () => {
  const published = new URL('../../../tiers.schema.json', import.meta.url)
  expect(readFileSync(published, 'utf8')).toBe(jsonSchemaText())
})

test('describes every key of the schema', () => {
  const undescribed = [...keysWithout(JSON.parse(jsonSchemaText()), '')]
  expect(undescribed).toEqual([])
})

function* keysWithout(node: unknown, path: string): Generator<string> {
  if (typeof node !== 'object' || node === null) return
  const properties: unknown = Reflect.get(node, 'properties')
  if (typeof properties === 'object' && properties !== null) {
    for (const [key, value] of Object.entries(properties)) {
      const isLeaf = typeof value === 'object' && value !== null && !('properties' in value)
      if (isLeaf && !('description' in value)) yield `${path}.${key}`
      yield* keysWithout(value, `${path}.${key}`)
    }
  }
  yield* keysWithout(Reflect.get(node, 'items'), `${path}[]`)
}

describe('a text that cannot be read', () => {
  test.each([
    ['an alias without an anchor', 'forge: gitea', 'forge: *a', '2:8', /^there is no anchor &a/],
    ['a second document', 'forge: gitea', 'forge: gitea\n---\na: 1', '3:1', /^a second document/],
    ['a tab', 'forge: gitea', 'forge:\n\tgitea', '3:1', /./],
  ])('%s is told with its place and with help', (_, from, to, place, message) => {
    const loading = inspectSite('tiers.yaml', smallest.replace(from, to))
    const [finding] = loading.ok ? [] : loading.findings
    expect(finding).toMatchObject({
      code: 'TIERS_SYNTAX',
      message: expect.stringMatching(message),
      help: expect.stringMatching(/\.$/),
    })
    expect(`${finding?.line}:${finding?.column}`).toBe(place)
    expect(finding?.message).not.toContain('YAML.parseAllDocuments')
  })

  test('aliases that stand for millions of values are refused, and not followed', () => {
    const levels = Array.from({ length: 20 }, (_, level) =>
      level === 0 ? '  - &l0 [x, x]' : `  - &l${level} [*l${level - 1}, *l${level - 1}]`,
    )
    const loading = inspectSite('tiers.yaml', `${smallest}bomb:\n${levels.join('\n')}\n`)
    expect(loading.ok ? [] : loading.findings).toMatchObject([
      { code: 'TIERS_SYNTAX', line: 15, message: expect.stringContaining('aliases') },
    ])
  })
})

describe('errors of the schema hide none of the rules', () => {
  const codesOf = (text: string): readonly string[] => {
    const loading = inspectSite('tiers.yaml', text)
    const findings = loading.ok ? [] : loading.findings
    return findings.map(({ code, line }) => `${code} ${line}`)
  }

  test('an unknown key, a shared branch and Vault over HTTP are all told', () => {
    const text = smallest
      .replace('forge: gitea', 'forge: gitea\nfroge: x')
      .replace('branch: main', 'branch: develop')
      .replace('https://vault', 'http://vault')
    expect(codesOf(text)).toEqual(['TIERS_UNKNOWN_KEY 3', 'TIERS_INSECURE 7', 'TIERS_SHARED 13'])
  })

  test('a tier that lacks what has no default is compared in all that it has', () => {
    const text = smallest
      .replace('cluster: "https://prod.internal", ', '')
      .replace('branch: main', 'branch: main, runner: dev-signer, vault: { role: 7 }')
    expect(codesOf(text)).toEqual([
      'TIERS_MISSING_KEY 12',
      'TIERS_SHARED 12',
      'TIERS_WRONG_TYPE 12',
    ])
  })

  test.each([
    ['a Kyverno without quotes', 'kyverno: "1.18"', 'kyverno: 1.18', 'TIERS_WRONG_TYPE 12'],
    ['an unknown format', 'format: legacy', 'format: lagacy', 'TIERS_BAD_VALUE 12'],
    [
      'a text for protected',
      'branch: main',
      'branch: main, protected: "no"',
      'TIERS_WRONG_TYPE 12',
    ],
    ['a tier that is a text', /- \{ name: prod.*/, '- prod', 'TIERS_WRONG_TYPE 12'],
    ['a registry with a scheme', '"registry.', '"https://registry.', 'TIERS_BAD_VALUE 5'],
  ])('%s is told once, and no rule guesses at it', (_, from, to, expected) => {
    expect(codesOf(smallest.replace(from, to))).toEqual([expected])
  })
})

test('a token for all tiers is told of once, where it stands, with what to do there', () => {
  const third =
    '  - { name: live, branch: live, cluster: "https://live.internal", kyverno: "1.19", argocd: "3.2" }'
  const text = `${smallest.trimEnd()}\n${third}\n`.replace('gitops: { ', 'gitops: { token: T, ')
  const loading = inspectSite('tiers.yaml', text)
  expect(loading.ok ? [] : loading.findings).toEqual([
    expect.objectContaining({
      code: 'TIERS_SHARED',
      message: expect.stringContaining('GitOps token: T'),
      help: 'Remove it here, or set pin.token in each tier.',
    }),
  ])
})
