import { askHttps } from '../ask-https.ts'
import { identityOf } from '../certificates.ts'
import { startDaemon } from '../daemon.ts'
import { labPath, ports } from '../layout.ts'
import type { Part } from '../part.ts'
import { program } from '../programs.ts'

const client = `https://127.0.0.1:${ports.etcd}`

/** The store of the API server. Without fsync, because the data ends with the lab. */
export const etcd: Part = {
  name: 'etcd',
  after: [],
  daemons: ['etcd'],
  start(state) {
    const { certificate, key } = identityOf('apiserver')
    startDaemon(state, 'etcd', program('etcd'), [
      `--data-dir=${labPath('etcd')}`,
      `--listen-client-urls=${client}`,
      `--advertise-client-urls=${client}`,
      '--listen-peer-urls=http://127.0.0.1:2380',
      `--cert-file=${certificate}`,
      `--key-file=${key}`,
      '--unsafe-no-fsync',
      '--log-level=warn',
    ])
  },
  ready: async () => (await askHttps(`${client}/health`)).status === 200,
}
