import { connectionDiagnoses } from './cosign/connection.ts'
import { keyDiagnoses } from './cosign/key.ts'
import { publicServiceDiagnoses, trustRootWarning } from './cosign/public-services.ts'
import { referenceDiagnoses } from './cosign/reference.ts'
import { registryDiagnoses } from './cosign/registry.ts'
import { transitDiagnoses } from './cosign/transit.ts'
import { verificationDiagnoses } from './cosign/verification.ts'
import type { Diagnosis } from './diagnosis.ts'

/**
 * What cosign 2.6 and 3.1 print when they fail (facts: cosign.md 6). What names a certain party goes
 * before the words that every failing connection ends in.
 */
export const cosignDiagnoses: readonly Diagnosis[] = [
  ...keyDiagnoses,
  ...publicServiceDiagnoses,
  ...transitDiagnoses,
  ...referenceDiagnoses,
  ...verificationDiagnoses,
  ...registryDiagnoses,
  ...connectionDiagnoses,
  trustRootWarning,
]
