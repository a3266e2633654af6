import { SaxesParser } from 'saxes'
import { escapeXml, XmlText } from './xml-text.ts'

export type XmlElement = {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: XmlElement[]
  /** Direct text, trimmed. */
  text: string
}

/** Reads a document strictly; throws an Error on anything that is not well formed. No entities, no DTD. */
export function parseXml(source: string): XmlElement {
  const parser = new SaxesParser({ xmlns: false })
  const open: XmlElement[] = []
  let root: XmlElement | undefined
  parser.on('error', (error) => {
    throw error
  })
  parser.on('doctype', () => {
    throw new Error('a document type is not allowed')
  })
  parser.on('opentag', (tag) => {
    const element: XmlElement = { name: tag.name, attributes: { ...tag.attributes }, children: [], text: '' }
    const parent = open.at(-1)
    if (parent === undefined) root = element
    else parent.children.push(element)
    open.push(element)
  })
  parser.on('text', (text) => {
    const element = open.at(-1)
    if (element !== undefined) element.text += text
  })
  parser.on('closetag', () => {
    const element = open.pop()
    if (element !== undefined) element.text = element.text.trim()
  })
  parser.write(source).close()
  if (root === undefined) throw new Error('an empty document')
  return root
}

/** First descendant along a path of names, e.g. `devices/graphics`. */
export function find(element: XmlElement, path: string): XmlElement | undefined {
  let at: XmlElement | undefined = element
  for (const name of path.split('/')) at = at?.children.find((child) => child.name === name)
  return at
}

/** All elements at a path. */
export function findAll(element: XmlElement, path: string): XmlElement[] {
  const [name, ...rest] = path.split('/')
  const children = element.children.filter((child) => child.name === name)
  return rest.length === 0 ? children : children.flatMap((child) => findAll(child, rest.join('/')))
}

/** The element as escaped markup, indented by two spaces. */
export function writeXml(element: XmlElement, indent = ''): XmlText {
  const attributes = Object.entries(element.attributes).map(([name, value]) => ` ${name}='${escapeXml(value)}'`)
  const head = `${indent}<${element.name}${attributes.join('')}`
  const inner = element.children.map((child) => writeXml(child, `${indent}  `).text)
  if (inner.length > 0) return new XmlText([`${head}>`, ...inner, `${indent}</${element.name}>`].join('\n'))
  if (element.text !== '') return new XmlText(`${head}>${escapeXml(element.text)}</${element.name}>`)
  return new XmlText(`${head}/>`)
}
