import { KnownError } from '@tierseal/errors'
import { parseDigest } from '@tierseal/oci'
import { parseYaml } from '@tierseal/yaml-edit'
import { describe, expect, test } from 'vitest'
import { changedLines } from './changed-lines.ts'
import { pinEntry } from './pin-entry.ts'

const app = 'reg.internal:5000/dev/app'
const old = parseDigest(`sha256:${'0'.repeat(64)}`)
const next = parseDigest(`sha256:${'a'.repeat(64)}`)

function pin(text: string, image = app, entry?: string): string {
  return pinEntry(parseYaml('k.yaml', text), { file: 'k.yaml', image, entry }, next).source.text
}

function refusal(text: string, image = app, entry?: string): string {
  try {
    pin(text, image, entry)
  } catch (error) {
    if (error instanceof KnownError) return `${error.code}: ${error.message}\n${error.hint}`
    throw error
  }
  return 'nothing was thrown'
}

const shapes: readonly (readonly [shape: string, before: string, after: string])[] = [
  [
    'a digest line',
    `images:\n- name: ${app}\n  digest: ${old}\n`,
    `images:\n- name: ${app}\n  digest: ${next}\n`,
  ],
  [
    'a digest before the name, with an end-of-line comment',
    `images:\n- digest: ${old}   # keep me\n  name: ${app}\n`,
    `images:\n- digest: ${next}   # keep me\n  name: ${app}\n`,
  ],
  [
    'an entry without digest: one line is added',
    `images:\n  - name: ${app}\n\n\nnamespace: dev\n`,
    `images:\n  - name: ${app}\n    digest: ${next}\n\n\nnamespace: dev\n`,
  ],
  [
    'a line added after newName, before what follows',
    `images:\n- name: app # short\n  newName: ${app} # long\n  tagSuffix: -x\n`,
    `images:\n- name: app # short\n  newName: ${app} # long\n  digest: ${next}\n  tagSuffix: -x\n`,
  ],
  [
    'a newTag line that becomes the digest line',
    `images:\n- name: ${app}\n  newTag: v1.2.3 # {"tag"}\n- name: other\n`,
    `images:\n- name: ${app}\n  digest: ${next} # {"tag"}\n- name: other\n`,
  ],
  [
    'a newTag on the dash line that becomes the digest',
    `images:\n- newTag: "1.10"\n  name: ${app}\n`,
    `images:\n- digest: "${next}"\n  name: ${app}\n`,
  ],
  [
    'a newTag line beside a digest, which goes',
    `images:\n- name: ${app}\n  newTag: v1\n  digest: ${old}\n`,
    `images:\n- name: ${app}\n  digest: ${next}\n`,
  ],
  [
    'a newTag on the last line without line end, which goes',
    `images:\n- name: ${app}\n  digest: ${old}\n  newTag: v1`,
    `images:\n- name: ${app}\n  digest: ${next}`,
  ],
  [
    'CRLF and no final line end',
    `images:\r\n- name: ${app}`,
    `images:\r\n- name: ${app}\r\n  digest: ${next}`,
  ],
  [
    'CRLF with a newTag beside a digest',
    `images:\r\n- name: ${app}\r\n  newTag: v1\r\n  digest: ${old}\r\nx: 1\r\n`,
    `images:\r\n- name: ${app}\r\n  digest: ${next}\r\nx: 1\r\n`,
  ],
  [
    'a byte order mark and multi-byte comments',
    `\uFEFF# Größe 😀\nimages:\n- name: ${app} # é\n  digest: ${old}\n`,
    `\uFEFF# Größe 😀\nimages:\n- name: ${app} # é\n  digest: ${next}\n`,
  ],
  [
    'quotes, which stay',
    `images:\n- "name": '${app}'\n  'digest': "${old}"\n`,
    `images:\n- "name": '${app}'\n  'digest': "${next}"\n`,
  ],
  [
    'a quoted newTag key, whose quotes stay',
    `images:\n- name: ${app}\n  "newTag": 'v1'\n`,
    `images:\n- name: ${app}\n  "digest": '${next}'\n`,
  ],
  [
    'an empty digest',
    `images:\n- name: ${app}\n  digest:\n`,
    `images:\n- name: ${app}\n  digest: ${next}\n`,
  ],
  [
    'unusual indentation and spacing',
    `images:\n      -   name:    ${app}\n          newTag:   v1\n      -\n        name: b\n`,
    `images:\n      -   name:    ${app}\n          digest:   ${next}\n      -\n        name: b\n`,
  ],
  [
    'a dash on a line of its own',
    `images:\n-\n   name: ${app}\n`,
    `images:\n-\n   name: ${app}\n   digest: ${next}\n`,
  ],
  [
    'a flow entry with a digest',
    `images: [{name: ${app}, digest: '${old}'}, {name: b}]\n`,
    `images: [{name: ${app}, digest: '${next}'}, {name: b}]\n`,
  ],
  [
    'a flow entry without digest',
    `images:\n- { name: ${app} }\n- { name: b }\n`,
    `images:\n- { name: ${app}, digest: ${next} }\n- { name: b }\n`,
  ],
  [
    'a flow entry with a trailing comma',
    `images: [{name: ${app},},]\n`,
    `images: [{name: ${app}, digest: ${next},},]\n`,
  ],
  [
    'a flow entry whose newTag becomes the digest',
    `images: [{newTag: v1, name: ${app}}]\n`,
    `images: [{digest: ${next}, name: ${app}}]\n`,
  ],
  [
    'a flow entry whose newTag goes from the middle',
    `images: [{name: ${app}, newTag: v1, digest: ${old}}]\n`,
    `images: [{name: ${app}, digest: ${next}}]\n`,
  ],
  [
    'a flow entry whose newTag goes from the front',
    `images: [{newTag: v1, name: ${app}, digest: ${old}}]\n`,
    `images: [{name: ${app}, digest: ${next}}]\n`,
  ],
  [
    'JSON',
    `{"images": [{"name": "${app}"}], "namespace": "dev"}\n`,
    `{"images": [{"name": "${app}", "digest": "${next}"}], "namespace": "dev"}\n`,
  ],
  [
    'values elsewhere that a serialiser would change',
    `a: 0123\nb: 1e3\nc:   [1,2 , 3]\n\n\n\nimages:\n- name: ${app}\n  digest: ${old}\n\n# end\n`,
    `a: 0123\nb: 1e3\nc:   [1,2 , 3]\n\n\n\nimages:\n- name: ${app}\n  digest: ${next}\n\n# end\n`,
  ],
  [
    'anchors that are elsewhere',
    `x: &a 1\ny: *a\nimages:\n- name: ${app}\n  digest: ${old}\n`,
    `x: &a 1\ny: *a\nimages:\n- name: ${app}\n  digest: ${next}\n`,
  ],
]

describe('pins byte for byte', () => {
  test.each(shapes)('%s', (_, before, after) => {
    expect(pin(before)).toBe(after)
    expect(changedLines(before, after)).toBeLessThanOrEqual(3)
  })
})

test('a pin that is there already changes nothing', () => {
  const text = `images:\n- {name: ${app}, digest: "${next}"}\n`
  expect(pin(text)).toBe(text)
})

test('pins the entry that leads to the image by newName', () => {
  const text = `images:\n- name: app\n  newName: ${app}\n- name: b\n  newName: ${app}-b\n`
  expect(pin(text)).toBe(text.replace(`${app}\n-`, `${app}\n  digest: ${next}\n-`))
})

test('pins one of several entries for the image where it is named', () => {
  const text = `images:\n- name: web\n  newName: ${app}\n- name: worker\n  newName: ${app}\n`
  expect(refusal(text)).toMatch(
    /^PIN_ENTRY_AMBIGUOUS: .*k\.yaml:2:3 \(web\), k\.yaml:4:3 \(worker\)/,
  )
  expect(pin(text, app, 'worker')).toBe(`${text}  digest: ${next}\n`)
})

describe('refuses by name', () => {
  test.each([
    [
      'an unknown image, with a suggestion',
      `images:\n- name: ${app}s\n`,
      `PIN_ENTRY_UNKNOWN: k.yaml has no images entry for ${app}: it has ${app}s\nDid you mean ${app}s?`,
    ],
    [
      'an unknown image of the same last part',
      'images:\n- name: other.internal/x/app\n',
      'Did you mean other.internal/x/app?',
    ],
    [
      'an overlay without images',
      'namespace: dev\n',
      'it has no images entries\nAdd it once by hand',
    ],
    ['an empty images list', 'images:\n', 'PIN_ENTRY_UNKNOWN'],
    [
      'a duplicate',
      `images:\n- name: ${app}\n- name: ${app}\n  newTag: x\n`,
      'PIN_ENTRY_AMBIGUOUS: several images entries are for reg.internal:5000/dev/app: k.yaml:2:3',
    ],
    [
      'an entry that leads elsewhere',
      `images:\n- name: ${app}\n  newName: mirror.internal/app\n`,
      'PIN_ENTRY_RENAMED: k.yaml:2:3',
    ],
    ['an anchor on the entry', `images:\n- &e\n  name: ${app}\n`, 'PIN_ENTRY_SHAPE'],
    [
      'an anchor on the digest',
      `images:\n- name: ${app}\n  digest: &d ${old}\nx: *d\n`,
      'carries an anchor',
    ],
    [
      'an alias as the digest',
      `x: &d ${old}\nimages:\n- name: ${app}\n  digest: *d\n`,
      'holds an alias',
    ],
    [
      'an alias as the entry',
      `x: &e {name: ${app}}\nimages:\n- *e\n`,
      'k.yaml:3:3: the images entry is an alias',
    ],
    ['an alias as the list', `x: &l [{name: ${app}}]\nimages: *l\n`, 'images is an alias'],
    ['an anchor on the list', `images: &l\n- name: ${app}\nx: *l\n`, 'images carries an anchor'],
    ['a merge key', `x: &b {newTag: v1}\nimages:\n- name: ${app}\n  <<: *b\n`, 'PIN_ENTRY_SHAPE'],
    ['a tag', `images:\n- name: ${app}\n  digest: !!str ${old}\n`, 'carries the tag'],
    ['a block scalar', `images:\n- name: ${app}\n  digest: >-\n    ${old}\n`, 'a block scalar'],
    ['several documents', `images:\n- name: ${app}\n---\na: 1\n`, 'YAML_MULTI_DOCUMENT'],
    [
      'a duplicate key',
      `images:\n- name: ${app}\n  digest: a\n  digest: b\n`,
      'YAML_INVALID: k.yaml:4:3',
    ],
    [
      'a number as newTag, which kustomize refuses',
      `images:\n- name: ${app}\n  newTag: 1.10\n`,
      'PIN_KUSTOMIZATION_INVALID: k.yaml:2:3: newTag of the images entry is not a string',
    ],
    [
      'images that are no list',
      'images: {}\n',
      'PIN_KUSTOMIZATION_INVALID: k.yaml: images is not a list',
    ],
    ['an entry without name', 'images:\n- newTag: x\n', 'PIN_KUSTOMIZATION_INVALID: k.yaml:2:3'],
    ['a list at the top', '- a\n', 'PIN_KUSTOMIZATION_INVALID: k.yaml is not a mapping'],
    [
      'a newTag that shares its line with the dash, beside a digest',
      `images:\n- newTag: v1\n  name: ${app}\n  digest: ${old}\n`,
      'PIN_ENTRY_SHAPE: k.yaml:2:3: newTag',
    ],
    [
      'a newTag across lines of a flow entry, beside a digest',
      `images: [{name: ${app}, # c\n newTag: v1, digest: ${old}}]\n`,
      'PIN_ENTRY_SHAPE',
    ],
    [
      'a name that is a pattern',
      `images:\n- name: ${app}\n- name: reg.*\n`,
      'PIN_ENTRY_PATTERN: k.yaml:3:3: the name "reg.*" holds *',
    ],
    [
      'a name whose dots match another entry',
      `images:\n- name: ${app}\n- name: regXinternal:5000/dev/app\n`,
      'PIN_ENTRY_CHAINED: k.yaml:2:3',
    ],
    [
      'an entry that feeds this one',
      `images:\n- name: a\n  newName: b\n- name: b\n  newName: ${app}\n`,
      'PIN_ENTRY_CHAINED: k.yaml:4:3: the entry b also takes up what the entry a (k.yaml:2:3) is for',
    ],
    [
      'an entry that takes up the result',
      `images:\n- name: a\n  newName: ${app}\n- name: ${app}\n  newName: c\n`,
      'PIN_ENTRY_CHAINED: k.yaml:4:3',
    ],
    [
      'an entry whose name carries a tag',
      `images:\n- name: ${app}\n- name: ${app}:v1\n`,
      'PIN_ENTRY_CHAINED',
    ],
  ])('%s', (_, text, message) => {
    expect(refusal(text)).toContain(message)
  })
})
