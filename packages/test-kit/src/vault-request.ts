import * as https from 'node:https'

/** An answer of the Vault API; the body is empty where there was none. */
export interface VaultAnswer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

/** One call to the Vault API as a test makes it, apart from the client under test. */
export function requestVault(
  address: string,
  ca: string,
  method: string,
  path: string,
  body?: unknown,
  token?: string,
): Promise<VaultAnswer> {
  const headers = {
    'X-Vault-Request': 'true',
    ...(token === undefined ? {} : { 'X-Vault-Token': token }),
  }
  return new Promise((resolve, reject) => {
    const request = https.request(`${address}/v1/${path}`, { method, headers, ca, agent: false })
    request.on('error', reject)
    request.on('response', (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString()
        resolve({ status: response.statusCode ?? 0, body: text === '' ? {} : JSON.parse(text) })
      })
    })
    request.end(body === undefined ? undefined : JSON.stringify(body))
  })
}
