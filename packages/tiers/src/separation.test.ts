import { expect, test } from 'vitest'
import { inspectSite } from './load.ts'

const digest = `sha256:${'0'.repeat(64)}`

/** A good site with lines more in its tiers; line numbers count from `generator`. */
function siteWith(ofProd: string, { ofDev = '', ofPayments = '' } = {}): string {
  return `generator: 1.0.0
forge: gitea
actions: { source: platform/actions, version: v1.0.0, sha: 3f1d2c4b5a69788796a5b4c3d2e1f00112233445 }
checkout: { source: actions/checkout, version: v5.0.0, sha: 08c6903cd8c0fde910a37f88322edcfb5dd907a8 }
registry: { host: "registry.internal:5000" }
vault: { address: "https://vault.internal:8200" }
gitops: { repository: "https://git.internal/platform/deployments.git" }
services:
  - { name: payments, ${ofPayments} }
tiers:
  - { name: dev, branch: develop, cluster: "https://dev.internal:6443", kyverno: "1.19", argocd: "3.2", ${ofDev} }
  - name: prod
    ${ofProd}
    branch: main
    cluster: https://prod.internal:6443
    kyverno: "1.19"
    argocd: "3.2"
`
}

/** `CODE line: message` of every finding. */
function findingsIn(text: string): readonly string[] {
  const loading = inspectSite('tiers.yaml', text)
  const findings = loading.ok ? [] : loading.findings
  return findings.map(({ code, line, message }) => `${code} ${line}: ${message}`)
}

const pods = (namespace: string): string =>
  `build: { executor: kubernetes, namespace: ${namespace}, image: "r.internal/b@${digest}" }`

test('the site that the cases change is good', () => {
  expect(findingsIn(siteWith('protected: true'))).toEqual([])
  expect(findingsIn(siteWith(pods('builds-prod')))).toEqual([])
})

// A pod may run as every service account beside it.
test.each([
  ['namespace: ci-prod', 'its runner and its workloads', 'ci-prod'],
  ['serviceAccount: { namespace: apps-prod }', 'its runner and its workloads', 'apps-prod'],
  [pods('ci-prod'), 'its runner and its build pods', 'ci-prod'],
  [pods('apps-prod'), 'its workloads and its build pods', 'apps-prod'],
])('refuses one namespace for two parts of a tier: %s', (line, parts, namespace) => {
  expect(findingsIn(siteWith(line))).toEqual([
    `TIERS_SHARED 13: tier prod has ${parts} in one namespace: ${namespace}`,
  ])
})

test('refuses workloads beside Argo CD, whose projects they could change', () => {
  expect(findingsIn(siteWith('namespace: argocd'))).toContain(
    'TIERS_SHARED 13: tier prod has its Argo CD and its workloads in one namespace: argocd',
  )
})

test('refuses an OpenPGP key that signs for a protected tier and for another', () => {
  const pin = 'pin: { signingKey: SIGNING_KEY }'
  expect(findingsIn(siteWith(pin, { ofDev: pin }))).toEqual([
    'TIERS_SHARED 13: tiers dev and prod share their OpenPGP signing key: SIGNING_KEY',
  ])
})

test('refuses the label of another runner in other letters, which are one label to GitHub', () => {
  expect(findingsIn(siteWith('runner: DEV-signer'))).toEqual([
    'TIERS_SHARED 13: tiers dev and prod share their runner label: dev-signer',
  ])
})

test('refuses an expression in a build argument behind a line end of Unicode', () => {
  const ofPayments = `buildArgs: { TOKEN: "\\u2028$\{{ secrets.T }}" }`
  expect(findingsIn(siteWith('protected: true', { ofPayments }))).toEqual([
    'TIERS_BAD_VALUE 9: services[0].buildArgs.TOKEN: expected one line without ${' + '{',
  ])
})

test('refuses a label of nodes that no node can have', () => {
  expect(findingsIn(siteWith('build: { nodeSelector: { pool: "fast builds" } }'))[0]).toMatch(
    /^TIERS_BAD_VALUE 13: tiers\[1\]\.build\.nodeSelector\.pool: expected the value of a label/,
  )
})
