/** The actions of the chain, in its order. */
export const links = [
  'kaniko-build',
  'assert-digest',
  'vault-fetch-key',
  'cosign-sign',
  'kustomize-pin',
] as const
