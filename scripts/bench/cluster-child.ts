// Run by scripts/bench/cluster.ts inside the lab's network namespace: measures, and writes the measurements as
// JSON to the given file, because stdout belongs to the table.
import { writeFileSync } from 'node:fs'
import { measureBuilds } from './cluster/builds.ts'
import { measureChain } from './cluster/chain.ts'

const [file = ''] = process.argv.slice(2)
const measurements = [...(await measureChain()), ...(await measureBuilds())]
writeFileSync(file, JSON.stringify(measurements))
