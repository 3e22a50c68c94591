import { join } from 'node:path'
import { root } from '../root.ts'
import { runStep } from '../run-step.ts'

/**
 * Tells the story on the cluster: the lab comes up, every case of the suite runs under its name, the
 * egress counter is read and the lab goes down. Returns the exit code.
 */
export function demonstrateCluster(report: string): number {
  const script = join(root, 'scripts', 'test-cluster.ts')
  const reporters = ['--reporter=verbose', '--reporter=json', `--outputFile.json=${report}`]
  const held = runStep(process.execPath, [...process.execArgv, script, ...reporters])
  console.log(
    held ? `Every case held. The report is ${report}.` : 'A case did not hold: see above.',
  )
  return held ? 0 : 1
}
