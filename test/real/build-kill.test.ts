import { startAction } from '@tierseal/test-kit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type BuildSite, engines, lacksBuildTools, startBuildSite } from './build/build-site.ts'
import { after, atFolder, atLine, expectNothingLeft, type Moment } from './build/kill-moments.ts'

const secret = 'canary-build-secret-2V'

for (const engine of engines) {
  describe.skipIf(lacksBuildTools)(`a build with a real ${engine}, killed`, () => {
    let site: BuildSite
    let wholeMs: number

    beforeAll(async () => {
      site = await startBuildSite(engine)
      const startedAt = Date.now()
      expect((await start().result).exitCode).toBe(0)
      wholeMs = Date.now() - startedAt
    })

    afterAll(() => site[Symbol.asyncDispose]())

    function start(sleepSeconds = 0) {
      const mount = '--mount=type=secret,id=token'
      const run = `RUN ${mount} echo it-sleeps && sleep ${sleepSeconds} && echo done > /done`
      const inputs = {
        'secret-envs': 'token=BUILD_TOKEN',
        destination: `${site.registry.host}/dev/killed:1\n${site.registry.host}/dev/killed:2`,
      }
      const options = site.optionsOf(`FROM ${site.base}\nCOPY src /srv\n${run}\n`, inputs)
      return startAction('kaniko-build', { ...options, env: { BUILD_TOKEN: secret } })
    }

    const kill = (moment: Moment, sleepSeconds?: number) =>
      expectNothingLeft(start(sleepSeconds), moment, {
        secret,
        password: site.registry.password,
      })

    test.each<readonly [string, Moment]>([
      ['when it has just begun', after(40)],
      ['when its folder is made', atFolder(/^tierseal-(buildah|sandbox)-/)],
      ['when the engine is known', atLine(/^engine: /m)],
      ['when its first step starts', atLine(/^\| .*(STEP 1|Building stage)/m)],
      ['while a RUN sleeps', atLine(/^\| it-sleeps/m)],
    ])('%s leaves nothing behind', async (_when, moment) => {
      expect((await kill(moment, 302)).signal).toBe('SIGKILL')
    })

    test('while it pushes leaves nothing behind', async () => {
      await kill(atLine(/^\| .*(Getting image source signatures|Pushing image to)/m))
    })

    test.each([0.3, 0.5, 0.7, 0.85, 0.95])(
      'after %d of its time leaves nothing behind',
      async (part) => {
        await kill(after(part * wholeMs))
      },
    )
  })
}
