import { buildahDiagnoses } from './buildah.ts'
import { cosignDiagnoses } from './cosign.ts'
import type { Diagnosis } from './diagnosis.ts'
import { gitDiagnoses } from './git.ts'
import { kanikoDiagnoses } from './kaniko.ts'
import { kustomizeDiagnoses } from './kustomize.ts'

/** Every known failure text by tool, most specific first; also renders docs/errors.md. */
export const diagnoses = {
  kaniko: kanikoDiagnoses,
  buildah: buildahDiagnoses,
  cosign: cosignDiagnoses,
  kustomize: kustomizeDiagnoses,
  git: gitDiagnoses,
} as const satisfies Record<string, readonly Diagnosis[]>

export type DiagnosedTool = keyof typeof diagnoses
