import { readFileSync } from 'node:fs'
import { request } from 'node:https'
import { certificateFiles } from './certificates.ts'

export interface Question {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  /** Kyverno's certificate is its own; everything else is issued by the lab. */
  readonly anyCertificate?: boolean
  /** How long the server may stay silent: 10 s where nobody says. */
  readonly timeoutMs?: number | undefined
}

export interface Answer {
  readonly status: number
  readonly headers: NodeJS.Dict<string | string[]>
  readonly text: string
}

/** One request to a server of the lab; its certificates are the only roots. */
export function askHttps(url: string, question: Question = {}): Promise<Answer> {
  const { method = 'GET', headers = {}, body, timeoutMs = 10_000 } = question
  const payload = body === undefined ? undefined : JSON.stringify(body)
  const type = payload === undefined ? {} : { 'content-type': 'application/json' }
  return new Promise((resolve, reject) => {
    const outgoing = request(url, {
      method,
      headers: { ...type, ...headers },
      ca: [readFileSync(certificateFiles.siteCa), readFileSync(certificateFiles.clusterCa)],
      rejectUnauthorized: question.anyCertificate !== true,
      timeout: timeoutMs,
      agent: false,
    })
    outgoing.on('timeout', () =>
      outgoing.destroy(new Error(`${url} did not answer in ${timeoutMs / 1000} s`)),
    )
    outgoing.on('error', reject)
    outgoing.on('response', (incoming) => {
      let text = ''
      incoming.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
      })
      incoming.on('end', () => {
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text })
      })
      incoming.on('error', reject)
    })
    outgoing.end(payload)
  })
}
