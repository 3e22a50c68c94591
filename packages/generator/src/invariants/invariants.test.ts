import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { loadSite, type Site } from '@tierseal/tiers'
import { beforeAll, expect, test } from 'vitest'
import { readPublicKeys } from '../public-keys.ts'
import type { RenderedFile } from '../render.ts'
import { renderSite } from '../render-site.ts'
import { SiteFolder } from '../site-files/folder.ts'
import { findViolations } from './invariants.ts'

const folder = fileURLToPath(new URL('../../../../examples/site', import.meta.url))
const text = readFileSync(`${folder}/tiers.yaml`, 'utf8')

let site: Site
let files: readonly RenderedFile[]

beforeAll(() => {
  site = loadSite('tiers.yaml', text).site
  files = renderSite(site, readPublicKeys(site, new SiteFolder(folder)))
})

const workflow = 'services/payments/.gitea/workflows/deploy-prod.yaml'
const expression = (content: string): string => `\${{ ${content} }}`

/** What is found after one edit of one file, as `message` texts. */
function after(path: string, from: string | RegExp, to: string): readonly string[] {
  const before = files.find((file) => file.path === path)?.text ?? ''
  const edited = before.replace(from, to)
  expect(edited).not.toBe(before)
  const changed = files.map((file) => (file.path === path ? { ...file, text: edited } : file))
  return findViolations(site, changed).map(({ message }) => message)
}

test('the example site breaks none', () => {
  expect(findViolations(site, files)).toEqual([])
})

test.each([
  ['runner', /runs-on: .*/, 'runs-on: dev-signer', 'dev-signer belongs to another tier'],
  [
    'role',
    'role: ci-signer-prod',
    'role: ci-signer-staging',
    'ci-signer-staging belongs to another tier',
  ],
  [
    'registry path',
    '5000/prod/',
    '5000/dev/',
    'registry.internal:5000/dev/ belongs to another tier',
  ],
  ['overlay', 'overlays/prod/', 'overlays/dev/', 'overlays/dev belongs to another tier'],
  [
    'transit key',
    'transit-key: cosign-prod',
    'transit-key: cosign-dev',
    'cosign-dev belongs to another tier',
  ],
])('sees the %s of another tier', (_, from, to, message) => {
  expect(after(workflow, from, to)).toContain(message)
})

test('sees the key path of another tier in a Vault policy', () => {
  const messages = after(
    'platform/dev/vault/policy.hcl',
    'cosign/data/tiers/dev',
    'cosign/data/tiers/prod',
  )
  expect(messages).toEqual(['cosign/data/tiers/prod belongs to another tier'])
})

test.each([
  ['an action by tag', /cosign-sign@\S+/, 'cosign-sign@v1', 'uses platform/actions/cosign-sign@v1'],
  ['an action from elsewhere', 'actions/checkout@', 'evil/checkout@', /^uses evil\/checkout@/],
  ['no permissions', 'permissions: {}', '', 'states no permissions at its top'],
  [
    'a chain that can be cut',
    'cancel-in-progress: false',
    'cancel-in-progress: true',
    'lets a newer commit cut a chain between sign and pin',
  ],
  ['no concurrency', 'concurrency:', 'strategy:', 'states no concurrency'],
  [
    'a token left by the checkout',
    'persist-credentials: false',
    'fetch-depth: 1',
    'leaves the token of the checkout on disk',
  ],
  [
    'a start by hand',
    'on:\n',
    'on:\n  workflow_dispatch:\n',
    'can be started by hand, with inputs',
  ],
  [
    'a start by another workflow',
    'on:\n',
    'on:\n  workflow_call:\n',
    'can be called by another workflow, with inputs',
  ],
  ['an input', 'on:\n', 'on:\n  inputs:\n', 'takes inputs'],
  ['a matrix', 'jobs:\n', 'jobs:\n  matrix: [dev, prod]\n', 'has a matrix'],
  ['every secret handed on', 'jobs:\n', 'jobs:\n  secrets: inherit\n', 'hands on every secret'],
  ['a script', 'steps:\n', 'steps:\n      - run: echo\n', 'runs a script of its own'],
  ['a pull request', 'on:\n', 'on:\n  pull_request_target:\n', 'runs for a pull request'],
  [
    'a tier by expression',
    /runs-on: .*/,
    `runs-on: ${expression('vars.RUNNER')}`,
    'an expression for runs-on',
  ],
  [
    'a role by expression',
    /role: .*/,
    `role: ${expression('github.ref_name')}`,
    'an expression for role',
  ],
  [
    'a secret that is not named',
    'secrets.GITOPS_TOKEN_PROD',
    'secrets.GITOPS_TOKEN',
    'the expression secrets.GITOPS_TOKEN',
  ],
  [
    'text from an event',
    'github.sha',
    'github.event.head_commit.message',
    'the expression github.event.head_commit.message',
  ],
  [
    'text from an event of Gitea',
    'github.sha',
    'gitea.event.head_commit.message',
    'the expression gitea.event.head_commit.message',
  ],
  [
    "the job's own token for the GitOps repository",
    'secrets.GITOPS_TOKEN_PROD',
    'github.token',
    'the expression github.token',
  ],
  [
    'a repository name where an image belongs',
    'github.sha',
    'github.repository',
    'the expression github.repository',
  ],
  [
    "the job's own token on its way to another host",
    /git\.internal\/(?=\$)/,
    'git.elsewhere/',
    'the source is fetched from another place than https://git.internal',
  ],
  [
    'an expression on a line of its own',
    /pins: (.*)/,
    `pins: |\n            ${expression('github.sha')}`,
    'an expression outside of the value of an input',
  ],
  ['a placeholder', 'deploy payments', 'deploy ((x))', 'a placeholder was not filled in'],
])('refuses a workflow with %s', (_, from, to, message) => {
  const messages = after(workflow, from, to)
  expect(messages).toContainEqual(
    message instanceof RegExp ? expect.stringMatching(message) : message,
  )
})

test.each([
  ['platform/prod/vault/tier.yaml', 'audience: vault', 'audience: other', 'audience'],
  ['platform/prod/vault/tier.yaml', 'mount: kubernetes', 'mount: k8s', 'auth mount'],
  ['platform/prod/vault/tier.yaml', 'transit/keys/cosign-prod', 'transit/keys/x', 'transit key'],
  ['platform/dev/vault/tier.yaml', 'data/tiers/dev', 'data/tiers/x', 'private key'],
  ['platform/dev/vault/tier.yaml', 'name: ci-signer-dev', 'name: x', 'Vault role'],
  ['platform/prod/kubernetes/runner.yaml', 'name: ci-signer', 'name: x', 'service account'],
  ['platform/prod/kubernetes/runner-patch.yaml', 'path: token', 'path: x', 'token file'],
  ['platform/prod/argocd/application.yaml', 'path: overlays/prod', 'path: x', 'overlay'],
  [
    'platform/prod/argocd/application.yaml',
    'targetRevision: main',
    'targetRevision: x',
    'GitOps branch',
  ],
  ['platform/prod/argocd/project.yaml', 'deployments.git', 'other.git', 'GitOps repository'],
  ['platform/prod/kyverno/images.yaml', '5000/prod/*', '5000/x/*', 'image path'],
  ['platform/staging/kyverno/images.yaml', '5000/staging/*', '5000/x/*', 'image path'],
  ['platform/prod/kyverno/foreign-images.yaml', '5000/prod/', '5000/x/', 'image path'],
  ['platform/prod/kyverno/images-ephemeral.yaml', 'MFkw', 'MFkx', 'accepted keys'],
])('sees that %s alone says %s -> %s', (path, from, to, fact) => {
  expect(after(path, from, to)).toContainEqual(expect.stringMatching(new RegExp(`^${fact} is `)))
})

test('sees a format that the policy of the tier cannot verify', () => {
  const staging = workflow.replace('prod', 'staging')
  const messages = after(staging, 'format: legacy', 'format: bundle')
  expect(messages).toContainEqual(
    expect.stringMatching(/^a ClusterPolicy does not verify the format bundle/),
  )
})

test.each(['staging', 'prod'])(
  'sees that Argo CD demands signed commits in %s, and that its workflow signs none',
  (tier) => {
    const messages = after(workflow.replace('prod', tier), / *signing-key: .*\n/, '')
    expect(messages).toContain(
      `platform/${tier}/argocd/project.yaml demands signed commits, and this workflow signs none`,
    )
  },
)

test("refuses a tier whose values have another tier's name in them", () => {
  // tiers.yaml would be refused for it; a template or a default may bring it in all the same.
  const bad: Site = {
    ...site,
    tiers: site.tiers.map((tier) =>
      tier.name === 'dev'
        ? { ...tier, vault: { ...tier.vault, role: 'ci-signer-prod-old' } }
        : tier,
    ),
  }
  expect(() => renderSite(bad)).toThrow(
    expect.objectContaining({
      code: 'INVARIANT_BROKEN',
      message: expect.stringContaining(
        'tier.vault.role is ci-signer-prod-old, which names tier prod',
      ),
    }),
  )
})

test('lets the name of a tier be a part of the name of another and of a service', () => {
  const renamed = text
    .replace('name: staging', 'name: prod-eu')
    .replace('name: payments', 'name: dev-portal')
  expect(() => renderSite(loadSite('tiers.yaml', renamed).site)).not.toThrow()
})
