/** One entry of `resourceFilters`: `[kind,namespace,name]`. */
export interface ResourceFilter {
  readonly text: string
  readonly namespace: string
}

/**
 * The entries by which Kyverno looks away from pods or their ephemeral containers (kyverno 1.19.1,
 * pkg/config: parseKinds, ToFilter). A kind is `[group/][version/]Kind[/subresource]`, with wildcards.
 */
export function podFilters(resourceFilters: string): readonly ResourceFilter[] {
  return [...resourceFilters.matchAll(/\[([^[\]]+)\]/g)].flatMap(([text, entry = '']) => {
    const [kind = '', namespace = ''] = entry.split(',').map((part) => part.trim())
    return concernsPods(kind) ? [{ text, namespace }] : []
  })
}

const subresources = ['', 'ephemeralcontainers']

function concernsPods(selector: string): boolean {
  const { kind, subresource } = parseKindSelector(selector)
  return globMatches(kind, 'Pod') && subresources.some((name) => globMatches(subresource, name))
}

interface KindSelector {
  readonly kind: string
  readonly subresource: string
}

// kyverno 1.19.1, pkg/utils/kube: ParseKindSelector; a dot parts a subresource as a slash does.
function parseKindSelector(text: string): KindSelector {
  if (text === '*/*') return { kind: '*', subresource: '*' }
  const parts = text.split(/\/|\.(?=[^/]*$)/)
  const [first = '', second = ''] = parts
  const isVersioned = /^(v\d((alpha|beta)\d)?|\*)$/.test(first)
  const isSubresourceOfAll = first === '*' && second === second.toLowerCase()
  if (parts.length === 2 && (!isVersioned || isSubresourceOfAll)) {
    return { kind: first, subresource: second }
  }
  const named = parts.slice(parts.length > 2 && !isVersioned ? 2 : parts.length > 1 ? 1 : 0)
  return { kind: named[0] ?? '', subresource: named[1] ?? '' }
}

/** Kyverno's wildcards: `*` for any text, `?` for one character. */
function globMatches(pattern: string, text: string): boolean {
  const escaped = pattern.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
  const source = escaped.replaceAll('*', '.*').replaceAll('?', '.')
  return new RegExp(`^${source}$`).test(text)
}
