import type { StartingSite } from './starting-site.ts'
import type { Invocation } from './verb.ts'

interface Question {
  readonly option: keyof StartingSite
  readonly asks: string
  readonly fallback: string
}

/** What `init` asks, in the order of tiers.yaml; each is an option of the same name, with the same default. */
export const startingQuestions: readonly Question[] = [
  { option: 'forge', asks: 'Forge, gitea or github', fallback: 'gitea' },
  { option: 'registry', asks: 'Registry, host:port', fallback: 'registry.internal:5000' },
  { option: 'vault', asks: 'Vault, its address', fallback: 'https://vault.internal:8200' },
  {
    option: 'gitops',
    asks: 'GitOps repository, its address',
    fallback: 'https://git.internal/platform/deployments.git',
  },
  { option: 'services', asks: 'Services, separated by commas', fallback: 'example' },
  {
    option: 'tiers',
    asks: 'Tiers, separated by commas, the most protected last',
    fallback: 'dev,staging,prod',
  },
]

/** The answers: an option decides, then a person where one is there to be asked, then the default. */
export async function startingAnswers(invocation: Invocation): Promise<StartingSite> {
  const { text, flag, json, terminal } = invocation
  const ask = json || flag('yes') ? undefined : terminal.ask
  const answers = new Map<string, string>()
  for (const { option, asks, fallback } of startingQuestions) {
    answers.set(option, text(option) ?? ((await ask?.(`${asks} [${fallback}]: `)) || fallback))
  }
  return siteOf((option) => answers.get(option) ?? '')
}

function siteOf(answer: (option: keyof StartingSite) => string): StartingSite {
  return {
    forge: answer('forge'),
    registry: answer('registry'),
    vault: answer('vault'),
    gitops: answer('gitops'),
    services: listOf(answer('services')),
    tiers: listOf(answer('tiers')),
  }
}

/** What Enter says to every question. */
export const defaultAnswers = siteOf(
  (wanted) => startingQuestions.find(({ option }) => option === wanted)?.fallback ?? '',
)

function listOf(answer: string): readonly string[] {
  return answer
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '')
}
