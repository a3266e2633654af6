import { apiFailure } from '@altostack/core'
import type { ServerContext } from '../context.ts'
import type { Tx } from '../db/database.ts'
import { insertTag, type TagPair, tagsOf } from './tag.repository.ts'
import type { Tagged, TagKind } from './tag-kinds.ts'

/**
 * Hangs tags on an object. A key that is there with the same value stays; with another value it is 431, as is an empty key
 * or value.
 */
export async function setTags(
  tx: Tx,
  ctx: ServerContext,
  kind: TagKind,
  object: Tagged,
  pairs: readonly TagPair[],
  customer?: string,
): Promise<void> {
  const present = new Map((await tagsOf(tx, [object.uuid])).map((tag) => [tag.key, tag.value]))
  for (const pair of pairs) {
    const [key, value] = [pair.key.trim(), pair.value ?? '']
    if (key === '' || value === '') {
      throw apiFailure('api.parameter', `Value for the key ${key} is either null or empty`, { seen: `${key}=${value}` })
    }
    for (const text of [key, value]) {
      if (text.length > 255) throw apiFailure('api.parameter', 'Key and value have at most 255 characters')
    }
    const old = present.get(key)
    if (old === value) continue
    if (old !== undefined) {
      throw apiFailure('api.parameter', `tag ${key} already on ${kind} with id ${object.uuid}`, {
        seen: `${key}=${old}`,
        fix: 'deleteTags takes the old one away.',
      })
    }
    await insertTag(tx, ctx, kind, object, { key, value, customer })
    present.set(key, value)
  }
}
