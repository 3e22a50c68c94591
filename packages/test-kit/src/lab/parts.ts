import type { Part } from './part.ts'
import { apiserver } from './parts/apiserver.ts'
import { applicationController, argocdSetup, redis, repoServer } from './parts/argocd.ts'
import { containerd } from './parts/containerd.ts'
import { controllerManager, scheduler } from './parts/control-plane.ts'
import { etcd } from './parts/etcd.ts'
import { gitea } from './parts/gitea.ts'
import { images } from './parts/images.ts'
import { kubelet } from './parts/kubelet.ts'
import { kyverno, kyvernoSetup } from './parts/kyverno.ts'
import { referrersRegistry } from './parts/referrers-registry.ts'
import { registry } from './parts/registry.ts'
import { registryTokens } from './parts/registry-tokens.ts'
import { vault, vaultAuth } from './parts/vault.ts'

/** Every part of the lab, each behind the parts that it needs. */
export const allParts: readonly Part[] = [
  etcd,
  registryTokens,
  registry,
  referrersRegistry,
  containerd,
  images,
  apiserver,
  controllerManager,
  scheduler,
  kubelet,
  vault,
  vaultAuth,
  gitea,
  kyvernoSetup,
  kyverno,
  redis,
  argocdSetup,
  repoServer,
  applicationController,
]
