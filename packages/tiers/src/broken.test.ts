import { expect, test } from 'vitest'
import { inspectSite } from './load.ts'

// One good site; each case changes one place of it. Line numbers count from `generator`.
const good = `generator: 1.0.0
forge: gitea
actions: { source: platform/actions, version: v1.0.0, sha: 3f1d2c4b5a69788796a5b4c3d2e1f00112233445 }
checkout: { source: actions/checkout, version: v5.0.0, sha: 08c6903cd8c0fde910a37f88322edcfb5dd907a8 }
registry: { host: "registry.internal:5000", ca: /etc/tierseal/registry-ca.pem }
vault: { address: "https://vault.internal:8200" }
gitops: { repository: "https://git.internal/platform/deployments.git" }
policy: { platformImages: [] }
services:
  - name: payments
  - name: orders
tiers:
  - name: dev
    branch: develop
    cluster: https://dev.internal:6443
    kyverno: "1.19"
    argocd: "3.2"
  - name: prod
    branch: main
    cluster: https://prod.internal:6443
    kyverno: "1.19"
    argocd: "3.2"
`

const digest = `sha256:${'0'.repeat(64)}`

function expression(content: string): string {
  return `\${{ ${content} }}`
}

interface Case {
  readonly what: string
  readonly from: string
  readonly to: string
  /** `CODE line:column`, of every finding. */
  readonly expected: readonly string[]
}

function broken(what: string, from: string, to: string, ...expected: readonly string[]): Case {
  return { what, from, to, expected }
}

function inProd(what: string, line: string, ...expected: readonly string[]): Case {
  return broken(what, '  - name: prod\n', `  - name: prod\n${line}\n`, ...expected)
}

const cases: readonly Case[] = [
  broken('a text that is not YAML', 'forge: gitea', 'forge: [gitea', 'TIERS_SYNTAX 3:1'),
  broken(
    'a key that stands twice',
    'forge: gitea',
    'forge: gitea\nforge: github',
    'TIERS_SYNTAX 3:1',
  ),
  broken('a list instead of a mapping', good, '- a\n', 'TIERS_WRONG_TYPE 1:1'),
  broken('an empty file', good, '', 'TIERS_WRONG_TYPE 1:1'),
  broken(
    'an unknown key of the site',
    'forge: gitea',
    'frge: gitea',
    'TIERS_MISSING_KEY 1:1',
    'TIERS_UNKNOWN_KEY 2:1',
  ),
  broken('an unknown key of the registry', 'ca: /etc', 'cacert: /etc', 'TIERS_UNKNOWN_KEY 5:45'),
  broken(
    'an unknown key of a tier',
    '    branch: main',
    '    brunch: main',
    'TIERS_MISSING_KEY 18:5',
    'TIERS_UNKNOWN_KEY 19:5',
  ),
  inProd('an unknown key deep in a tier', '    vault: { rolle: x }', 'TIERS_UNKNOWN_KEY 19:14'),
  broken(
    'a tier as an input',
    'forge: gitea',
    'forge: gitea\ninputs: { tier: dev }',
    'TIERS_UNKNOWN_KEY 3:1',
  ),
  broken(
    'a missing registry host',
    'host: "registry.internal:5000", ',
    '',
    'TIERS_MISSING_KEY 5:11',
  ),
  broken(
    'a missing cluster',
    '    cluster: https://prod.internal:6443\n',
    '',
    'TIERS_MISSING_KEY 18:5',
  ),
  broken(
    'a version that YAML reads as a number',
    'kyverno: "1.19"\n    argocd: "3.2"\n  - name: prod',
    'kyverno: 1.19\n    argocd: "3.2"\n  - name: prod',
    'TIERS_WRONG_TYPE 16:14',
  ),
  broken(
    'a text where a flag belongs',
    'ca: /etc/tierseal/registry-ca.pem',
    'plainHttp: "yes"',
    'TIERS_WRONG_TYPE 5:56',
  ),
  broken(
    'one service where a list belongs',
    '  - name: payments\n  - name: orders',
    '  name: payments',
    'TIERS_WRONG_TYPE 10:3',
  ),
  broken('no service', '\n  - name: payments\n  - name: orders', ' []', 'TIERS_BAD_VALUE 9:11'),
  broken(
    'a short sha',
    '3f1d2c4b5a69788796a5b4c3d2e1f00112233445',
    '3f1d2c4',
    'TIERS_BAD_VALUE 3:60',
  ),
  broken(
    'a tag where a sha belongs',
    '3f1d2c4b5a69788796a5b4c3d2e1f00112233445',
    'v1',
    'TIERS_BAD_VALUE 3:60',
  ),
  broken('a forge that there is not', 'forge: gitea', 'forge: gitlab', 'TIERS_BAD_VALUE 2:8'),
  broken(
    'a registry with a scheme',
    '"registry.internal:5000"',
    '"https://registry.internal"',
    'TIERS_BAD_VALUE 5:19',
  ),
  broken(
    'a registry that clients take for a Docker Hub path',
    '"registry.internal:5000"',
    'registry',
    'TIERS_BAD_VALUE 5:19',
  ),
  broken(
    'a password in an address',
    'https://git.internal/platform',
    'https://bot:secret@git.internal/platform',
    'TIERS_BAD_VALUE 7:23',
  ),
  broken(
    'a path that climbs out',
    '  - name: payments',
    '  - name: payments\n    context: ../other',
    'TIERS_BAD_VALUE 11:14',
  ),
  broken(
    'a branch with a pattern',
    'branch: develop',
    'branch: "feature/*"',
    'TIERS_BAD_VALUE 14:13',
  ),
  broken('a tier with upper case', '- name: dev', '- name: Dev', 'TIERS_BAD_VALUE 13:11'),
  inProd(
    'a runner label with an expression',
    `    runner: "${expression('vars.RUNNER')}"`,
    'TIERS_BAD_VALUE 19:13',
  ),
  inProd(
    'a secret name that is an expression',
    `    pin: { token: "${expression('secrets.X')}" }`,
    'TIERS_BAD_VALUE 19:19',
  ),
  broken(
    'another generator',
    'generator: 1.0.0',
    'generator: 0.9.0',
    'TIERS_GENERATOR_VERSION 1:12',
  ),
  broken('two services of one name', '- name: orders', '- name: payments', 'TIERS_DUPLICATE 11:11'),
  broken(
    'a service at the root that is not alone',
    '- name: orders',
    '- { name: orders, directory: . }',
    'TIERS_DUPLICATE 11:32',
  ),
  broken('two tiers of one name', '- name: prod', '- name: dev', 'TIERS_DUPLICATE 18:11'),
  inProd(
    'a tier that writes the token of another',
    '    pin: { token: GITOPS_TOKEN_DEV }',
    'TIERS_SHARED 19:19',
  ),
  broken('two tiers of one branch', 'branch: main', 'branch: develop', 'TIERS_SHARED 19:13'),
  broken(
    'two tiers of one cluster',
    'https://prod.internal',
    'https://dev.internal',
    'TIERS_SHARED 20:14',
  ),
  inProd(
    'the passphrase of no signing key',
    '    pin: { signingPassphrase: SIGNING_PASSPHRASE_PROD }',
    'TIERS_MISSING_KEY 19:31',
  ),
  inProd('two tiers of one runner', '    runner: dev-signer', 'TIERS_SHARED 19:13'),
  inProd('two tiers of one Vault role', '    vault: { role: ci-signer-dev }', 'TIERS_SHARED 19:20'),
  inProd('two tiers of one key', '    vault: { path: tiers/dev }', 'TIERS_SHARED 19:20'),
  inProd(
    'a private key where the other public key is',
    '    vault: { path: public/dev }',
    'TIERS_SHARED 19:20',
  ),
  inProd(
    'a private and a public key at one path',
    '    vault: { path: k, publicPath: k }',
    'TIERS_SHARED 19:35',
  ),
  inProd(
    'two tiers of one service account',
    '    serviceAccount: { namespace: ci-dev }',
    'TIERS_SHARED 19:34',
  ),
  inProd('a registry path inside another', '    registryPath: dev/prod', 'TIERS_SHARED 19:19'),
  inProd('an overlay inside another', '    overlay: overlays/dev/prod', 'TIERS_SHARED 19:14'),
  broken(
    'a bundle that Kyverno 1.18 cannot verify',
    'kyverno: "1.19"\n    argocd: "3.2"\n  - name: prod',
    'kyverno: "1.18"\n    argocd: "3.2"\n  - name: prod',
    'TIERS_FORMAT_UNVERIFIABLE 13:5',
  ),
  inProd(
    'a format that only a ClusterPolicy verifies, for 1.19',
    '    signature: { format: oci-1-1, cosign: "2" }',
    'TIERS_FORMAT_UNVERIFIABLE 19:26',
  ),
  inProd(
    'a bundle by cosign 2',
    '    signature: { format: bundle, cosign: "2" }',
    'TIERS_FORMAT_UNVERIFIABLE 19:26',
  ),
  broken(
    'plain HTTP to a registry of a protected tier',
    'ca: /etc/tierseal/registry-ca.pem',
    'plainHttp: true',
    'TIERS_INSECURE 5:56',
  ),
  broken(
    'plain HTTP to Vault',
    'https://vault.internal',
    'http://vault.internal',
    'TIERS_INSECURE 6:19',
  ),
  inProd(
    'skip-tls-verify in a protected tier',
    '    build: { skipTlsVerify: true }',
    'TIERS_INSECURE 19:29',
  ),
  broken(
    'a platform image by tag',
    'platformImages: []',
    'platformImages: ["registry.internal:5000/pause:3.10"]',
    'TIERS_NOT_BY_DIGEST 8:28',
  ),
  broken(
    'a registry account that pushes for a protected tier and for another',
    'registry: { ',
    'registry: { credentials: { username: U, password: P }, ',
    'TIERS_SHARED 5:26',
  ),
  broken(
    'a token that pins for a protected tier and for another',
    'gitops: { ',
    'gitops: { token: T, ',
    'TIERS_SHARED 7:18',
  ),
  broken(
    'a build argument that a forge would evaluate',
    '  - name: payments\n',
    '  - name: payments\n    buildArgs: { TOKEN: "$' + '{{ secrets.T }}" }\n',
    'TIERS_BAD_VALUE 11:25',
  ),
  broken(
    'a mirror with a scheme',
    'registry: { ',
    'registry: { mirrors: { docker.io: "https://registry.internal/hub" }, ',
    'TIERS_BAD_VALUE 5:35',
  ),
  inProd(
    'a quantity that Kubernetes does not read',
    '    build: { requests: { cpu: "half" } }',
    'TIERS_BAD_VALUE 19:31',
  ),
  broken(
    'plain HTTP to the forge of a protected tier',
    'forge: gitea',
    'forge: gitea\nforgeAddress: http://git.internal',
    'TIERS_INSECURE 3:15',
  ),
  broken(
    'two tiers of one destination',
    '    cluster: https://prod.internal:6443\n',
    '    cluster: https://prod.internal:6443\n    argocdDestination: https://DEV.internal:6443/\n',
    'TIERS_SHARED 21:24',
  ),
  broken(
    'two tiers of one cluster whose address is written in two ways',
    'https://prod.internal:6443',
    'https://Dev.internal:6443/',
    'TIERS_SHARED 20:14',
  ),
  inProd(
    'a role that names another tier',
    '    vault: { role: signer-of-dev }',
    'TIERS_FOREIGN 19:20',
  ),
  inProd(
    'a platform image of another tier',
    `    platformImages: ["registry.internal:5000/dev/a@${digest}"]`,
    'TIERS_FOREIGN 19:22',
  ),
  broken(
    'an exception in the namespace of one tier, for every tier',
    'policy: { platformImages: [] }',
    'policy: { exceptions: [apps-dev/debug] }',
    'TIERS_FOREIGN 8:24',
  ),
  broken(
    'the runners of a tier in a namespace without rules',
    'policy: { platformImages: [] }',
    'policy: { excludedNamespaces: [kyverno, ci-prod] }',
    'TIERS_OPEN_NAMESPACE 8:41',
  ),
  broken(
    'a Kyverno before the one that the policies are written for',
    'kyverno: "1.19"\n    argocd: "3.2"\n  - name: prod',
    'kyverno: "1.9"\n    signature: { format: legacy }\n    argocd: "3.2"\n  - name: prod',
    'TIERS_TOO_OLD 16:14',
  ),
  broken(
    'an Argo CD before the one that the projects are written for',
    'argocd: "3.2"\n  - name: prod',
    'argocd: "0.1"\n  - name: prod',
    'TIERS_TOO_OLD 17:13',
  ),
  inProd(
    'a trial image of another tier',
    `    trialImages: { signed: "registry.internal:5000/dev/a@${digest}", unsigned: "registry.internal:5000/prod/a@${digest}" }`,
    'TIERS_UNUSABLE 19:28',
  ),
  inProd(
    'a trial image by tag',
    `    trialImages: { signed: "registry.internal:5000/prod/a@${digest}", unsigned: "registry.internal:5000/prod/a:1" }`,
    'TIERS_NOT_BY_DIGEST 19:143',
  ),
  inProd(
    'workloads in a namespace without rules',
    '    namespace: kube-system',
    'TIERS_OPEN_NAMESPACE 19:16',
  ),
  inProd(
    'build pods without an image',
    '    build: { executor: kubernetes }',
    'TIERS_UNUSABLE 19:12',
  ),
  inProd(
    'an executor for buildah',
    `    build: { engine: buildah, executor: kubernetes, image: "r.internal/b@${digest}" }`,
    'TIERS_UNUSABLE 19:41',
  ),
  inProd(
    'strict source integrity before Argo CD 3.5',
    '    sourceIntegrity: { keys: [0123456789ABCDEF], mode: strict }',
    'TIERS_UNUSABLE 19:56',
  ),
]

test('the site that the cases change is good', () => {
  expect(inspectSite('tiers.yaml', good).ok).toBe(true)
})

test.each(cases)('refuses $what', ({ from, to, expected }) => {
  expect(good).toContain(from)
  const loading = inspectSite('tiers.yaml', good.replace(from, to))
  const findings = loading.ok ? [] : loading.findings
  expect(findings.map(({ code, line, column }) => `${code} ${line}:${column}`)).toEqual(expected)
})

test('there are at least forty of them', () => {
  expect(cases.length).toBeGreaterThanOrEqual(40)
})

test('advises nothing that the place has no room for', () => {
  const changed = good.replace('platformImages: []', 'exceptions: [apps-dev/debug]')
  const loading = inspectSite('tiers.yaml', changed)
  const [finding] = loading.ok ? [] : loading.findings
  expect(finding?.help).toBe(
    'Pods of the tier would be out of its policies. Take it out of policy.exceptions.',
  )
})
