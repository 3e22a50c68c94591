import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
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
