import { appendSummary, log, runAction, setOutputs } from '@tierseal/action-kit'
import { auditTable, keyName } from './audit.ts'
import { fetchHandle } from './fetch.ts'
import { readFetchInputs } from './inputs.ts'

await runAction(async () => {
  const inputs = readFetchInputs()
  const fetched = await fetchHandle(inputs)
  const { key, published, keyVersion, login } = fetched
  setOutputs({
    key,
    'public-key': published?.pem,
    fingerprint: published?.fingerprint,
    'key-version': keyVersion,
    'login-request-id': login?.requestId,
    'token-accessor': login?.accessor,
  })
  appendSummary(auditTable(inputs, fetched))
  log.info(`${keyName(inputs)}, version ${keyVersion ?? 'latest'}: handed over ${inputs.handover}`)
})
