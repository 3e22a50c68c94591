import { BaseSequencer, type TestSpecification } from 'vitest/node'

/**
 * The order of test files. Those of the cluster suite share one lab and run as their names are numbered, on every
 * machine alike; the others by how long they took, as Vitest has it.
 */
export default class Sequencer extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const cluster = sorted.filter(isOfCluster)
    const others = sorted.filter((file) => !isOfCluster(file))
    return [...others, ...cluster.sort((a, b) => (a.moduleId < b.moduleId ? -1 : 1))]
  }
}

function isOfCluster({ project }: TestSpecification): boolean {
  return project.name === 'cluster'
}
