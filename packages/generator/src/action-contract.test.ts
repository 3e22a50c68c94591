import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { templatesFolder } from './templates.ts'
import { links } from './values/links.ts'

interface Step {
  readonly id?: string
  readonly uses?: string
  readonly with?: Readonly<Record<string, unknown>>
}

const text = readFileSync(`${templatesFolder}/deploy.yaml`, 'utf8')
const steps: readonly Step[] = parse(text).jobs.deploy.steps

function definitionOf(link: string) {
  const path = fileURLToPath(new URL(`../../../actions/${link}/action.yml`, import.meta.url))
  return parse(readFileSync(path, 'utf8'))
}

function stepOf(link: string): Step | undefined {
  return steps.find(({ uses }) => uses === `((actions.${link}))`)
}

test('the workflow has every link of the chain, in order', () => {
  const used = steps.map(({ uses }) => uses)
  expect(used).toEqual(['((actions.checkout))', ...links.map((link) => `((actions.${link}))`)])
})

test.each(links)(
  '%s: every input that the workflow gives exists, and every required one is given',
  (link) => {
    const { inputs } = definitionOf(link)
    const given = Object.keys(stepOf(link)?.with ?? {})
    expect(given.filter((name) => !Object.hasOwn(inputs, name))).toEqual([])
    const required = Object.keys(inputs).filter((name) => inputs[name].required === true)
    expect(required.filter((name) => !given.includes(name))).toEqual([])
  },
)

test.each(links)('%s: every output that the workflow reads exists', (link) => {
  const id = stepOf(link)?.id
  const read = [...text.matchAll(/steps\.([a-z]+)\.outputs\.([a-z-]+)/g)]
    .filter((match) => match[1] === id)
    .map((match) => match[2] ?? '')
  expect(read.filter((name) => !Object.hasOwn(definitionOf(link).outputs, name))).toEqual([])
})
