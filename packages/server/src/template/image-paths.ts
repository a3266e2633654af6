import { join } from 'node:path'

/** Where the server keeps images; hosts fetch them from here by /images/<template uuid>. */
export function imageDirectory(dataDir: string): string {
  return join(dataDir, 'images')
}
/** File name of a template's checked image inside the directory. */
export function imageName(templateUuid: string, format: string): string {
  return `${templateUuid}.${format.toLowerCase()}`
}
/** What is being fetched and not yet checked. */
export function partialPath(dataDir: string, templateUuid: string): string {
  return join(imageDirectory(dataDir), `${templateUuid}.part`)
}

/** How the image of a row's format is examined and its file named. */
export function imageFormat(format: string): 'qcow2' | 'raw' | 'iso' {
  const found = (['raw', 'iso'] as const).find((name) => name === format.toLowerCase())
  return found ?? 'qcow2'
}
