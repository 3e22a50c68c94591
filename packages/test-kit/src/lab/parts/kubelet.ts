import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { certificateFiles, identityOf } from '../certificates.ts'
import { startDaemon } from '../daemon.ts'
import { kubeconfigOf } from '../kubeconfig.ts'
import { kubectl } from '../kubectl.ts'
import { cgroupName, labPath, nameServerAddress, nodeAddress } from '../layout.ts'
import type { Part } from '../part.ts'
import { program } from '../programs.ts'
import { containerdSocket } from './containerd.ts'

/** The node's name. */
const nodeName = 'lab-node'

/** A kubelet that runs real pods. */
export const kubelet: Part = {
  name: 'kubelet',
  after: ['kube-apiserver', 'containerd', 'images'],
  node: true,
  daemons: ['kubelet', 'containerd'],
  timeoutMs: 90_000,
  start(state) {
    makeCgroups()
    const path = labPath('kubelet', 'config.json')
    mkdirSync(labPath('kubelet'), { recursive: true })
    writeFileSync(path, JSON.stringify(configuration()))
    startDaemon(state, 'kubelet', program('kubelet'), [
      `--config=${path}`,
      `--kubeconfig=${kubeconfigOf('kubelet')}`,
      `--root-dir=${labPath('kubelet', 'root')}`,
      `--cert-dir=${labPath('kubelet', 'certificates')}`,
      `--hostname-override=${nodeName}`,
      `--node-ip=${nodeAddress}`,
    ])
  },
  async ready() {
    const path = '{.status.conditions[?(@.type=="Ready")].status}'
    return (await kubectl(['get', 'node', nodeName, '-o', `jsonpath=${path}`])) === 'True'
  },
}

function configuration(): Record<string, unknown> {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    address: '0.0.0.0',
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: certificateFiles.clusterCa },
    },
    authorization: { mode: 'Webhook' },
    tlsCertFile: identityOf('apiserver').certificate,
    tlsPrivateKeyFile: identityOf('apiserver').key,
    containerRuntimeEndpoint: `unix://${containerdSocket}`,
    cgroupDriver: 'cgroupfs',
    cgroupRoot: `/${cgroupName}`,
    failCgroupV1: false,
    failSwapOn: false,
    podLogsDir: labPath('logs', 'pods'),
    volumePluginDir: labPath('kubelet', 'plugins'),
    nodeStatusUpdateFrequency: '3s',
    // The machine's own disk may be fuller than a node's should be; that is not this lab's to judge.
    evictionHard: {
      'memory.available': '50Mi',
      'nodefs.available': '1%',
      'imagefs.available': '1%',
    },
    imageGCHighThresholdPercent: 100,
    localStorageCapacityIsolation: false,
    clusterDNS: [nameServerAddress],
    resolvConf: '',
    maxPods: 60,
    registryPullQPS: 0,
    serializeImagePulls: false,
  }
}

// kubelet wants the root of its pods to exist in every controller of cgroup v1, or once in v2.
function makeCgroups(): void {
  const root = '/sys/fs/cgroup'
  const unified = existsSync(join(root, 'cgroup.controllers'))
  const directories = unified ? [root] : readdirSync(root).map((name) => join(root, name))
  for (const directory of directories) mkdirSync(join(directory, cgroupName), { recursive: true })
}
