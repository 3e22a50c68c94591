import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  apply,
  dockerConfigDirectory,
  kubectl,
  type Manifest,
  siteCa,
  writeUserKubeconfig,
} from '@tierseal/test-kit/lab'
import { parseAllDocuments } from 'yaml'

/** The namespace of the build pods. */
export const buildNamespace = 'builds'

const template = new URL('../../../workflows/kubernetes/build-pods.yaml', import.meta.url)

/**
 * Makes the namespace of build pods as the generator lays it out: push credentials and CA as objects, an
 * account with the generated rules. Gives the kubeconfig of that account.
 */
export async function useBuildNamespace(): Promise<string> {
  const namespace = buildNamespace
  const docker = readFileSync(join(dockerConfigDirectory, 'config.json'), 'utf8')
  await apply(
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'runner', namespace } },
    {
      apiVersion: 'v1',
      kind: 'Secret',
      type: 'kubernetes.io/dockerconfigjson',
      metadata: { name: 'push', namespace },
      stringData: { '.dockerconfigjson': docker },
    },
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'site-ca', namespace },
      data: { 'ca.crt': readFileSync(siteCa, 'utf8') },
    },
    generatedRole(),
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: 'runner', namespace },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'tierseal-builds' },
      subjects: [{ kind: 'ServiceAccount', name: 'runner', namespace }],
    },
  )
  return kubeconfigOf('runner')
}

/** The kubeconfig of an account of that namespace which may do with pods what a runner may, but for attaching to them. */
export async function useAccountThatMayNotAttach(): Promise<string> {
  const [name, namespace] = ['runner-without-attach', buildNamespace]
  const rules = [
    { apiGroups: [''], resources: ['pods'], verbs: ['create', 'get', 'delete'] },
    { apiGroups: [''], resources: ['pods/log'], verbs: ['get'] },
  ]
  const kind = 'Role'
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind, name }
  const metadata = { name, namespace }
  await apply(
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    { apiVersion: 'rbac.authorization.k8s.io/v1', kind, metadata, rules },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata,
      roleRef,
      subjects: [{ kind: 'ServiceAccount', name, namespace }],
    },
  )
  return kubeconfigOf(name)
}

async function kubeconfigOf(account: string): Promise<string> {
  const create = ['-n', buildNamespace, 'create', 'token', account, '--duration=1h']
  return writeUserKubeconfig(account, { token: (await kubectl(create)).trim() })
}

// The rules that the generator gives a tier, for the namespace of this suite.
function generatedRole(): Manifest {
  const documents = parseAllDocuments(readFileSync(template, 'utf8'))
  const rules: unknown = documents.find((document) => document.get('kind') === 'Role')?.toJS().rules
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: { name: 'tierseal-builds', namespace: buildNamespace },
    rules,
  }
}
