import { readFileSync } from 'node:fs'
import { kubectl, logOf, waitUntil } from '@tierseal/test-kit/lab'

const columns = [
  'NAME:.metadata.name',
  'PHASE:.status.phase',
  'DELETED:.metadata.deletionTimestamp',
  'UID:.metadata.uid',
  'CONTAINERS:.status.containerStatuses[*].state',
]

/**
 * Waits until a namespace has no pod.
 *
 * @throws Error that tells of each pod that is left what the API server and the node last said of it, since the lab is
 * gone when somebody reads it
 */
export async function waitForNoPods(namespace: string): Promise<void> {
  const list = ['-n', namespace, 'get', 'pods', '--no-headers', '-o']
  const none = async (): Promise<true> => {
    const rows = await kubectl([...list, `custom-columns=${columns.join(',')}`])
    if (rows.trim() !== '') throw new Error(rows.trim().split('\n').map(describePod).join('; '))
    return true
  }
  await waitUntil('no pod to be left', none, { timeoutMs: 60_000, everyMs: 300 })
}

function describePod(row: string): string {
  const words = row.trim().replaceAll(/\s+/g, ' ')
  const [name = '', , , uid = ''] = words.split(' ')
  return [words, ...lastLinesAbout('kubelet', [name, uid])].join(' / ')
}

function lastLinesAbout(part: string, words: readonly string[]): readonly string[] {
  const lines = readFileSync(logOf(part), 'utf8').split('\n')
  const about = lines.filter((line) => words.some((word) => line.includes(word)))
  return about.slice(-4).map((line) => line.slice(0, 400))
}
