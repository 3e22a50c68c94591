import { join } from 'node:path'

/**
 * Where the lab keeps everything it makes: outside the clone, and short, because a unix socket's path
 * may hold 108 characters only. The same for everybody, so that whoever takes a lab down finds all of it.
 */
export const labRoot = '/var/tmp/tierseal-lab'

/** The network namespace, by its name under /run/netns. */
export const namespaceName = 'tierseal-lab'

/** The cgroup under which kubelet puts every pod, in each controller. */
export const cgroupName = 'tierseal-lab'

/**
 * The node's address. TEST-NET-1 (RFC 5737) and not a private range: go-containerregistry falls back to
 * plain HTTP for private addresses, which would hide a wrong CA.
 */
export const nodeAddress = '192.0.2.2'

/**
 * Where pods ask for names: an address of the node at which nobody listens, so that a question is seen by the counter
 * and refused at once. Without one kubelet gives a pod its own loopback, which the counter cannot see.
 */
export const nameServerAddress = '192.0.2.53'

/** Every network that is part of the lab; whatever goes elsewhere is an attempt to leave. */
export const networks = {
  node: '192.0.2.0/24',
  pods: '203.0.113.0/24',
  services: '198.18.0.0/16',
} as const

export const ports = {
  etcd: 2379,
  apiserver: 6443,
  registry: 5000,
  referrersRegistry: 5001,
  registryTokens: 5002,
  vault: 8200,
  gitea: 3000,
  redis: 6379,
  repoServer: 8081,
  kyverno: 9443,
} as const

/** host:port of a part, as the others see it. */
export function hostOf(part: keyof typeof ports): string {
  return `${nodeAddress}:${ports[part]}`
}

/** A path under the lab's root. */
export function labPath(...segments: string[]): string {
  return join(labRoot, ...segments)
}

/** The authority of the site's servers, in PEM: what every input that ends in -ca is given. */
export const siteCa: string = labPath('pki', 'site-ca.pem')
