import { KnownError } from '@tierseal/errors'
import { inspectSite, loadSite } from '@tierseal/tiers'
import { defaultAnswers, startingQuestions } from './starting-questions.ts'
import { type StartingSite, startingSite } from './starting-site.ts'

/**
 * Refuses answers from which no site can be made, by the option that gives them: the file that would be wrong is not
 * there yet.
 *
 * @throws KnownError USAGE; TIERS_INVALID where good answers do not go together
 */
export function demandGoodAnswers(answers: StartingSite): void {
  for (const { option } of startingQuestions) {
    const alone = { ...defaultAnswers, [option]: answers[option] }
    const loading = inspectSite('tiers.yaml', startingSite(alone))
    if (loading.ok) continue
    const [finding] = loading.findings
    const value = JSON.stringify([answers[option]].flat().join(','))
    throw new KnownError('USAGE', `--${option} ${value}: ${finding?.message ?? 'no good value'}`, {
      hint: finding?.help ?? 'See: tierseal init --help',
    })
  }
  loadSite('tiers.yaml', startingSite(answers))
}
