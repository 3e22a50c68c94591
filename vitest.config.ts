import { defineConfig } from 'vitest/config'
import Sequencer from './scripts/test/sequencer.ts'

// Packages export their source under the condition "source", so tests need no build.
const conditions = ['source', 'node', 'import', 'default']
const shared = { resolve: { conditions }, ssr: { resolve: { conditions } } }

export default defineConfig({
  ...shared,
  test: {
    globalSetup: './packages/test-kit/src/vitest-setup.ts',
    sequence: { sequencer: Sequencer },
    projects: [
      {
        ...shared,
        test: {
          name: 'unit',
          include: ['{packages,actions}/*/src/**/*.test.ts', 'scripts/**/*.test.ts'],
          // Without a number a machine of two cores runs one file at a time.
          maxWorkers: 2,
        },
      },
      {
        ...shared,
        test: { name: 'repository', include: ['test/repository/**/*.test.ts'], maxWorkers: 2 },
      },
      {
        ...shared,
        // The bundles as a runner runs them: most of it is waiting.
        test: {
          name: 'bundle',
          include: ['test/bundle/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          maxWorkers: 3,
          // Suites with other numbers of workers run after one another.
          sequence: { groupOrder: 1 },
        },
      },
      {
        ...shared,
        // The real tools: two cores, so two files at a time.
        test: {
          name: 'real',
          include: ['test/real/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 180_000,
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
      {
        ...shared,
        test: {
          name: 'cluster',
          include: ['test/cluster/**/*.test.ts'],
          testTimeout: 600_000,
          hookTimeout: 900_000,
          maxWorkers: 1,
          sequence: { groupOrder: 3 },
          fileParallelism: false,
        },
      },
      {
        ...shared,
        // The lab itself, from outside: nothing of it may be up.
        test: {
          name: 'lab',
          include: ['test/lab/**/*.test.ts'],
          testTimeout: 600_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
})
