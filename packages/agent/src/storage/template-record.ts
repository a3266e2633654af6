import { readFile } from 'node:fs/promises'
import { z } from 'zod'

/** Beside each template copy: what it is, so that it need not be hashed again and is told from volumes. */
const templateRecord = z.object({
  format: z.enum(['qcow2', 'raw']),
  sha256: z.string(),
  sizeBytes: z.int(),
  virtualSizeBytes: z.int(),
})
export type TemplateRecord = z.infer<typeof templateRecord>

export async function readTemplateRecord(path: string): Promise<TemplateRecord | undefined> {
  try {
    return templateRecord.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

export function writeTemplateRecord(record: TemplateRecord): string {
  return `${JSON.stringify(record)}\n`
}
