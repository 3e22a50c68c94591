import { join } from 'node:path'
import { root } from '../root.ts'
import { runStep } from '../run-step.ts'

/**
 * Tells the story on the cluster: the lab comes up, every case of the suite runs under its name, the
 * egress counter is read and the lab goes down. Returns the exit code.
 */
export async function demonstrateCluster(report: string): Promise<number> {
  const script = join(root, 'scripts', 'test-cluster.ts')
  const reporters = ['--reporter=verbose', '--reporter=json', `--outputFile.json=${report}`]
  const exitCode = await runStep(process.execPath, [...process.execArgv, script, ...reporters])
  console.log(conclusion(exitCode, report))
  return exitCode
}

function conclusion(exitCode: number, report: string): string {
  if (exitCode === 0) return `Every case held. The report is ${report}.`
  if (exitCode === 1) return 'A case did not hold: see above.'
  return exitCode > 128 ? 'Interrupted; the lab is down.' : 'The lab could not be had: see above.'
}
