import { askHttps } from '../ask-https.ts'
import { identityOf } from '../certificates.ts'
import { startDaemon } from '../daemon.ts'
import { hostOf } from '../layout.ts'
import type { Part } from '../part.ts'
import { program } from '../programs.ts'

/** A second registry, with the referrers API that the CNCF registry lacks; in memory and without accounts. */
export const referrersRegistry: Part = {
  name: 'referrers-registry',
  after: [],
  daemons: ['referrers-registry'],
  start(state) {
    const { certificate, key } = identityOf('server')
    const args = [hostOf('referrersRegistry'), certificate, key]
    startDaemon(state, 'referrers-registry', program('referrers-registry'), args)
  },
  ready: async () => (await askHttps(`https://${hostOf('referrersRegistry')}/v2/`)).status === 200,
}
