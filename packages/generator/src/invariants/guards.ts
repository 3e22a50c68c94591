import { parseAllDocuments } from 'yaml'
import type { RenderedFile } from '../render.ts'
import type { Violation } from './violation.ts'

interface Guard {
  /** Kind of the object that holds it; for Vault's file, which is none, `tier.yaml`. */
  readonly kind: string
  /** Where it stands; `*` for every item of a list. */
  readonly path: readonly string[]
  /** In the words of a message: what has to stand there. */
  readonly expected: string
  readonly holds: (value: unknown) => boolean
}

function is(kind: string, path: string, expected: string | number | boolean): Guard {
  const holds = (value: unknown): boolean => value === expected
  return { kind, path: path.split('.'), expected: String(expected), holds }
}

function list(kind: string, path: string, ...items: readonly string[]): Guard {
  const holds = (value: unknown): boolean => JSON.stringify(value) === JSON.stringify(items)
  return { kind, path: path.split('.'), expected: JSON.stringify(items), holds }
}

function atMost(kind: string, path: string, seconds: number): Guard {
  const holds = (value: unknown): boolean =>
    typeof value === 'number' && value > 0 && value <= seconds
  return { kind, path: path.split('.'), expected: `between 1 and ${seconds}`, holds }
}

// Whoever may write the GitOps repository must not write the way around the policies with it.
function bans(path: string, resourceKind: string, ...groups: readonly string[]): Guard {
  const holds = (value: unknown): boolean => {
    const banned = Array.isArray(value) ? value.map((entry) => JSON.stringify(entry)) : []
    return groups.every((group) => banned.includes(JSON.stringify({ group, kind: resourceKind })))
  }
  const expected = `a ban of ${resourceKind} of ${groups.join(' and ')}`
  return { kind: 'AppProject', path: path.split('.'), expected, holds }
}

const policy = 'ValidatingAdmissionPolicy'
const verify = 'spec.rules.*.verifyImages.*'

/** What the objects of a tier rest on, whatever template they come from. */
export const guards: readonly Guard[] = [
  is('ImageValidatingPolicy', 'spec.failurePolicy', 'Fail'),
  list('ImageValidatingPolicy', 'spec.validationActions', 'Deny'),
  is('ImageValidatingPolicy', 'spec.evaluation.admission.enabled', true),
  is('ImageValidatingPolicy', 'spec.validationConfigurations.verifyDigest', true),
  is('ImageValidatingPolicy', 'spec.validationConfigurations.mutateDigest', true),
  is('ImageValidatingPolicy', 'spec.validationConfigurations.required', true),
  is('ClusterPolicy', 'spec.webhookConfiguration.failurePolicy', 'Fail'),
  is('ClusterPolicy', `${verify}.failureAction`, 'Enforce'),
  is('ClusterPolicy', `${verify}.required`, true),
  is('ClusterPolicy', `${verify}.mutateDigest`, true),
  is('ClusterPolicy', `${verify}.verifyDigest`, true),
  is('ClusterPolicy', `${verify}.useCache`, false),
  is('ClusterPolicy', `${verify}.attestors.*.count`, 1),
  is(policy, 'spec.failurePolicy', 'Fail'),
  list(`${policy}Binding`, 'spec.validationActions', 'Deny'),
  list('AppProject', 'spec.clusterResourceWhitelist'),
  bans('spec.namespaceResourceBlacklist', '*', 'kyverno.io', 'policies.kyverno.io'),
  is('ServiceAccount', 'automountServiceAccountToken', false),
  is('Deployment', 'spec.template.spec.automountServiceAccountToken', false),
  list('Role', 'rules.*.apiGroups', ''),
  atMost('tier.yaml', 'role.token_ttl', 600),
  atMost('tier.yaml', 'role.token_max_ttl', 900),
  is('tier.yaml', 'role.token_no_default_policy', true),
]

const kinds = [...new Set(guards.map(({ kind }) => kind))]
const mentions = new RegExp(`^kind: (${kinds.join('|')})$`, 'm')

/** The values without which a file looks right and protects nothing. */
export function lostGuards({ path, text }: RenderedFile): readonly Violation[] {
  const isVault = path.endsWith('/vault/tier.yaml')
  if (!isVault && !(path.endsWith('.yaml') && mentions.test(text))) return []
  return parseAllDocuments(text).flatMap((document) => {
    const value: unknown = document.toJS()
    const kind = isVault ? 'tier.yaml' : valuesAt(value, ['kind'])[0]
    return guards
      .filter((guard) => guard.kind === kind)
      .filter((guard) => !valuesAt(value, guard.path).every(guard.holds))
      .map((guard) => ({
        ...{ invariant: 'every object keeps what it protects by', path, line: undefined },
        message: `${guard.path.join('.')} of ${guard.kind} is not ${guard.expected}`,
      }))
  })
}

/** What stands at a path; undefined, and so no guard, where nothing does. */
function valuesAt(value: unknown, [step, ...rest]: readonly string[]): readonly unknown[] {
  if (step === undefined) return [value]
  if (step === '*') {
    const items: readonly unknown[] = Array.isArray(value) && value.length > 0 ? value : [undefined]
    return items.flatMap((item) => valuesAt(item, rest))
  }
  const fields: Readonly<Record<string, unknown>> =
    typeof value === 'object' && value !== null ? { ...value } : {}
  return valuesAt(fields[step], rest)
}
