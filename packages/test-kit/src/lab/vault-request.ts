import { askHttps } from './ask-https.ts'
import { hostOf } from './layout.ts'
import { type LabState, writeState } from './state.ts'

/** What Vault answered: its status and its JSON, empty where it sent none. */
export interface VaultAnswer {
  readonly status: number
  readonly json: Readonly<Record<string, unknown>>
}

/** One request with the root token; every status is an answer. */
export async function tryVault(
  state: LabState,
  method: string,
  path: string,
  body?: unknown,
  timeoutMs?: number,
): Promise<VaultAnswer> {
  const token = state.done['vault-root-token']
  const headers = token === undefined ? {} : { 'x-vault-token': token }
  const url = `https://${hostOf('vault')}/v1/${path}`
  const answer = await askHttps(url, { method, headers, body, timeoutMs })
  const json: Record<string, unknown> = answer.text === '' ? {} : JSON.parse(answer.text)
  return { status: answer.status, json }
}

/** The same, where anything but success is a bug of the lab. */
export async function vaultRequest(
  state: LabState,
  method: string,
  path: string,
  body?: unknown,
  timeoutMs?: number,
): Promise<Readonly<Record<string, unknown>>> {
  const { status, json } = await tryVault(state, method, path, body, timeoutMs)
  if (status < 300) return json
  throw new Error(`vault ${method} ${path} answered ${status}: ${JSON.stringify(json)}`)
}

/** Enables an auth method or a secrets engine; one that is there already is as good. */
export async function enable(state: LabState, path: string, body: unknown): Promise<void> {
  const { status, json } = await tryVault(state, 'POST', path, body)
  if (status >= 300 && !JSON.stringify(json).includes('already in use')) {
    throw new Error(`vault ${path} answered ${status}: ${JSON.stringify(json)}`)
  }
}

// The keys are in the one answer that nobody gets twice, and raft first waits for its own election.
const initialiseMs = 50_000

/** Initialises a new server and unseals a sealed one. */
export async function initialise(state: LabState): Promise<void> {
  if (state.done['vault-root-token'] === undefined) {
    const shares = { secret_shares: 1, secret_threshold: 1 }
    const { root_token: token, keys_base64: keys } = await vaultRequest(
      state,
      'PUT',
      'sys/init',
      shares,
      initialiseMs,
    )
    if (typeof token !== 'string' || !Array.isArray(keys)) throw new Error('vault gave no keys')
    state.done['vault-unseal-key'] = String(keys[0])
    state.done['vault-root-token'] = token
    writeState(state)
  }
  const health = await askHttps(`https://${hostOf('vault')}/v1/sys/health`)
  if (health.status !== 200) await unseal(state)
}

/** Unseals the server with the lab's only key share. */
export async function unseal(state: LabState): Promise<void> {
  await vaultRequest(state, 'PUT', 'sys/unseal', { key: state.done['vault-unseal-key'] })
}
