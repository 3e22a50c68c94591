import { type Markdown, type SummaryRow, summaryTable } from '@tierseal/action-kit'
import type { Fetched } from './handover/handover.ts'
import type { Inputs } from './inputs.ts'

/** What an auditor needs to find this step in Vault's log, as a table for the job summary. */
export function auditTable(inputs: Inputs, fetched: Fetched): Markdown {
  return summaryTable(`Signing key fetched by role ${inputs.role}`, auditRows(inputs, fetched))
}

function auditRows(inputs: Inputs, fetched: Fetched): readonly SummaryRow[] {
  const { login, published, keyVersion, readRequestId, wrappingAccessor } = fetched
  const rows: ReadonlyArray<readonly [string, string | undefined]> = [
    ['Vault', inputs.address.text],
    ['namespace', inputs.namespace],
    ['auth mount and role', `${inputs.authMount}, ${inputs.role}`],
    ['key', keyName(inputs)],
    ['key version', keyVersion?.toString()],
    ['public key fingerprint', published?.fingerprint],
    ['handover', inputs.handover],
    ['login request id', login?.requestId],
    ['key read request id', readRequestId],
    ['token accessor (revoked)', login?.accessor],
    ['policies', login?.policies.join(', ')],
    ['wrapping accessor', wrappingAccessor],
  ]
  return rows.filter((row): row is SummaryRow => row[1] !== undefined && row[1] !== '')
}

/** The key as a person names it. */
export function keyName({
  handover,
  transitMount,
  transitKey,
  kvMount,
  secretPath,
}: Inputs): string {
  return handover === 'transit' ? `${transitMount}/${transitKey}` : `${kvMount}/${secretPath}`
}
