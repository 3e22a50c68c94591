import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { certificateFiles } from '../certificates.ts'
import { startDaemon } from '../daemon.ts'
import { hostOf, labPath, networks } from '../layout.ts'
import type { Part } from '../part.ts'
import { program, siblingProgram } from '../programs.ts'
import { siteAccount } from '../site-account.ts'

/** The socket that kubelet speaks to. */
export const containerdSocket = labPath('containerd', 'containerd.sock')

/** The image that holds a pod's namespaces; the lab's own, in the lab's registry. */
export const pauseImage = `${hostOf('registry')}/platform/pause:1`

/** The network of the pods, by its name in what CNI keeps. */
const networkName = 'tierseal-lab'

/** containerd with a CNI bridge of its own, and every path below the lab's root. */
export const containerd: Part = {
  name: 'containerd',
  after: [],
  node: true,
  daemons: ['containerd'],
  start(state) {
    writeNetworkConfiguration()
    writeRegistryTrust()
    const path = labPath('containerd', 'config.toml')
    writeFileSync(path, configuration(), { mode: 0o600 })
    startDaemon(state, 'containerd', program('containerd'), ['--config', path], {
      env: {
        PATH: [
          dirname(siblingProgram('containerd', 'containerd-shim-runc-v2')),
          process.env['PATH'] ?? '',
        ].join(':'),
      },
    })
  },
  ready: async () => existsSync(containerdSocket),
}

// restrict_oom_score_adj: without CAP_SYS_RESOURCE every sandbox would fail at /proc/self/oom_score_adj.
// netns_mounts_under_state_dir and Root: so that a pod's namespace and what runc knows of its containers are found, and
// removed, below the lab's root.
function configuration(): string {
  const cri = 'plugins."io.containerd.grpc.v1.cri"'
  return `version = 2
root = "${labPath('containerd', 'root')}"
state = "${labPath('containerd', 'state')}"
disabled_plugins = ["io.containerd.internal.v1.opt", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.devmapper"]
[grpc]
  address = "${containerdSocket}"
[${cri}]
  sandbox_image = "${pauseImage}"
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
  disable_apparmor = true
[${cri}.cni]
  bin_dir = "${dirname(program('cni'))}"
  conf_dir = "${labPath('cni')}"
[${cri}.containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"
[${cri}.containerd.runtimes.runc.options]
  BinaryName = "${program('runc')}"
  Root = "${labPath('containerd', 'state', 'runc')}"
[${cri}.registry]
  config_path = "${labPath('containerd', 'certs.d')}"
[${cri}.registry.configs."${hostOf('registry')}".auth]
  username = "${siteAccount.puller}"
  password = "${siteAccount.pullerPassword()}"
`
}

function writeNetworkConfiguration(): void {
  mkdirSync(labPath('cni'), { recursive: true })
  const bridge = {
    type: 'bridge',
    bridge: 'lab-pods',
    isGateway: true,
    ipam: {
      type: 'host-local',
      dataDir: labPath('cni-addresses'),
      ranges: [[{ subnet: networks.pods }]],
      // Through the node, so that a pod's attempt to leave is forwarded, refused and counted.
      routes: [{ dst: '0.0.0.0/0' }],
    },
  }
  const list = { cniVersion: '1.0.0', name: networkName, plugins: [bridge] }
  writeFileSync(labPath('cni', 'lab.conflist'), JSON.stringify(list))
}

function writeRegistryTrust(): void {
  const directory = labPath('containerd', 'certs.d', hostOf('registry'))
  mkdirSync(directory, { recursive: true })
  const server = `https://${hostOf('registry')}`
  const text = `server = "${server}"\n[host."${server}"]\n  ca = "${certificateFiles.siteCa}"\n`
  writeFileSync(`${directory}/hosts.toml`, text)
}
