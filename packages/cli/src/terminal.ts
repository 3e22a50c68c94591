/** Where a command reads its surroundings from and writes to; tests give their own. */
export interface Terminal {
  readonly out: (text: string) => void
  readonly error: (text: string) => void
  /** Asks a person one question, and gives the answer without its line break; absent where nobody can answer. */
  readonly ask?: (question: string) => Promise<string>
  /** Whether a person sees `error`, so that colours make sense. */
  readonly colours: boolean
  /** Relative paths start here. */
  readonly folder: string
  readonly env: Readonly<Record<string, string | undefined>>
}

type Colour = 'red' | 'green' | 'yellow' | 'dim'

const codes: Readonly<Record<Colour, string>> = { red: '31', green: '32', yellow: '33', dim: '2' }

/** A text in a colour, where somebody can see it. */
export function coloured({ colours }: Terminal, colour: Colour, text: string): string {
  return colours ? `\u001b[${codes[colour]}m${text}\u001b[0m` : text
}
