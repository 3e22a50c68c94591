import { parse } from 'yaml'
import { z } from 'zod'
import type { RenderedFile } from '../render.ts'
import { parseDesiredVault } from '../vault/desired.ts'
import { isWorkflow } from './violation.ts'

/** Something that a file says of its tier, such as the role that logs in. */
export type Fact = readonly [name: string, value: string]

type Reader = (text: string) => readonly Fact[]

/** What a file says that other files of its tier say too. */
export function factsOf({ path, text }: RenderedFile): readonly Fact[] {
  if (isWorkflow(path)) return workflowFacts(text)
  const reader = readers.find(([end]) => path.endsWith(end))?.[1]
  return reader === undefined ? [] : reader(text)
}

const readers: readonly (readonly [end: string, reader: Reader])[] = [
  ['/vault/tier.yaml', vaultFacts],
  ['/argocd/application.yaml', applicationFacts],
  ['/argocd/project.yaml', projectFacts],
  ['/kyverno/images.yaml', policyFacts],
  ['/kyverno/images-ephemeral.yaml', policyFacts],
  ['/kyverno/foreign-images.yaml', foreignFacts],
  ['/kubernetes/runner.yaml', runnerFacts],
  ['/kubernetes/runner-patch.yaml', patchFacts],
]

// Every value of a workflow stands on one line, so its lines can be read without reading YAML 3,000 times.
function workflowFacts(text: string): readonly Fact[] {
  const values = new Map(
    [...text.matchAll(/^ +([a-z-]+): (.+)$/gm)].map((match) => [
      match[1] ?? '',
      unquoted(match[2] ?? ''),
    ]),
  )
  const value = (key: string): string => values.get(key) ?? ''
  const destination = value('destination')
  const overlay = value('pins').split(' ', 1)[0] ?? ''
  const transit = value('handover') === 'transit'
  return [
    ['Vault role', value('role')],
    ['auth mount', value('auth-mount')],
    ['audience', value('audience')],
    ['Vault policy', value('expected-policies')],
    ...(transit
      ? [['transit key', `${value('transit-mount')}/keys/${value('transit-key')}`] as const]
      : [['private key', `${value('kv-mount')}/data/${value('secret-path')}`] as const]),
    ['public key', `${value('kv-mount')}/data/${value('public-path')}`],
    ['token file', value('token-file')],
    ['image path', destination.slice(0, destination.lastIndexOf('/') + 1)],
    ['GitOps repository', value('repository')],
    ['GitOps branch', value('branch')],
    ['overlay', overlay.slice(0, overlay.lastIndexOf('/'))],
    ['signature format', value('format')],
    ['signing key', value('signing-key')],
  ]
}

// A value that starts with a digit, such as an address, is written as a JSON string.
function unquoted(value: string): string {
  return value.startsWith('"') ? String(JSON.parse(value)) : value
}

function vaultFacts(text: string): readonly Fact[] {
  const { policy, role } = parseDesiredVault(text)
  const names = role.bound_service_account_names.join()
  const namespaces = role.bound_service_account_namespaces.join()
  const [key = '', ...others] = policy.rules.map(({ path }) => path)
  const isTransit = others.some((path) => path.endsWith('/sha2-256'))
  return [
    ['Vault role', role.name],
    ['auth mount', role.mount],
    ['audience', role.audience],
    ['Vault policy', policy.name],
    ['Vault policy', role.token_policies.join()],
    [isTransit ? 'transit key' : 'private key', key],
    ['public key', others.find((path) => path.includes('/data/')) ?? ''],
    ['service account', `${namespaces}/${names}`],
  ]
}

const demandsSigned: Fact = ['signed commits', 'demanded']

const application = z.object({
  spec: z.object({
    source: z.object({ repoURL: z.string(), targetRevision: z.string(), path: z.string() }),
    destination: z.object({ server: z.string(), namespace: z.string() }),
  }),
})

function applicationFacts(text: string): readonly Fact[] {
  const { source, destination } = application.parse(parse(text)).spec
  return [
    ['GitOps repository', source.repoURL],
    ['GitOps branch', source.targetRevision],
    ['overlay', source.path],
    ['destination', `${destination.server} ${destination.namespace}`],
  ]
}

const project = z.object({
  spec: z.object({
    sourceRepos: z.array(z.string()),
    destinations: z.array(z.object({ server: z.string(), namespace: z.string() })),
    signatureKeys: z.unknown().optional(),
    sourceIntegrity: z.unknown().optional(),
  }),
})

function projectFacts(text: string): readonly Fact[] {
  const { sourceRepos, destinations, signatureKeys, sourceIntegrity } = project.parse(
    parse(text),
  ).spec
  return [
    ['GitOps repository', sourceRepos.join()],
    ['destination', destinations.map(({ server, namespace }) => `${server} ${namespace}`).join()],
    ...((signatureKeys ?? sourceIntegrity) === undefined ? [] : [demandsSigned]),
  ]
}

function policyFacts(text: string): readonly Fact[] {
  const glob = /^ *(?:- glob: |- )"?([^"\n]*\/)\*"?$/m.exec(text)?.[1]
  const kind = /^kind: (.*)$/m.exec(text)?.[1] ?? ''
  const keys = text.match(/-----BEGIN PUBLIC KEY-----[\s\S]*?-----END/g)?.map(squeeze) ?? []
  const accepted: readonly Fact[] =
    kind === 'ValidatingAdmissionPolicy'
      ? []
      : [
          ['accepted keys', keys.join(' ')],
          ['policy kind', kind + (text.includes('cosignOCI11: true') ? ' of oci-1-1' : '')],
        ]
  return [...(glob === undefined ? [] : [['image path', glob] as const]), ...accepted]
}

function squeeze(text: string): string {
  return text.replace(/\s+/g, '')
}

function foreignFacts(text: string): readonly Fact[] {
  return [['image path', /expression: '"(.*)"'/.exec(text)?.[1] ?? '']]
}

function runnerFacts(text: string): readonly Fact[] {
  const account = /kind: ServiceAccount\nmetadata:\n {2}name: (.*)\n {2}namespace: (.*)\n/.exec(
    text,
  )
  return [['service account', `${account?.[2] ?? ''}/${account?.[1] ?? ''}`]]
}

function patchFacts(text: string): readonly Fact[] {
  const value = (key: string): string =>
    new RegExp(`^ +(?:- )?${key}: (.*)$`, 'm').exec(text)?.[1] ?? ''
  return [
    ['service account', `${value('namespace')}/${value('serviceAccountName')}`],
    ['audience', value('audience')],
    ['token file', `${value('mountPath')}/${value('path')}`],
  ]
}
