type Described = { readonly filename?: unknown; readonly file?: Described | string }

/**
 * The file or device of a block node by QEMU's name for it. A node whose backing file was given at its opening, as
 * libvirt gives it for every disk on a template, is named by a `json:` description instead of a path.
 */
export function topFile(name: string): string {
  if (!name.startsWith('json:')) return name
  let node: Described | string | undefined = JSON.parse(name.slice('json:'.length)) as Described
  while (typeof node === 'object' && node.filename === undefined) node = node.file
  if (typeof node === 'object') return String(node.filename)
  return node ?? name
}
