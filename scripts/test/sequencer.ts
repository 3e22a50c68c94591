import { BaseSequencer, type TestSpecification } from 'vitest/node'

/**
 * The order of test files. Those of the cluster suite share one lab and run as their names are numbered, on every
 * machine alike; the others by how long they took, as Vitest has it, but for the longest: these go first, lest one of them
 * is alone at the end of the run of a clone that is new and knows no times.
 */
export default class Sequencer extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const cluster = sorted.filter(isOfCluster)
    const others = sorted.filter((file) => !isOfCluster(file)).sort(byLength)
    return [...others, ...cluster.sort((a, b) => (a.moduleId < b.moduleId ? -1 : 1))]
  }
}

const longest = ['pin-race', 'sign-offline', 'pin-gitea-merge', 'engines-chain', 'sign-concurrency']

function byLength(a: TestSpecification, b: TestSpecification): number {
  return placeOf(a) - placeOf(b)
}

function placeOf({ moduleId }: TestSpecification): number {
  const place = longest.findIndex((name) => moduleId.endsWith(`/real/${name}.test.ts`))
  return place < 0 ? longest.length : place
}

function isOfCluster({ project }: TestSpecification): boolean {
  return project.name === 'cluster'
}
