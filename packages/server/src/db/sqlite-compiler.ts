import { BinaryOperationNode, type PrimitiveValueListNode, SqliteQueryCompiler } from 'kysely'

/** Pages have 500 at most. */
const longestList = 1000

/**
 * SQLite takes 32,766 parameters a statement; who asks for all of a big cloud (`pagesize=-1`) has more ids. The values of
 * a long `in (…)` are one parameter, which for shorter ones gains nothing.
 */
export class LongListCompiler extends SqliteQueryCompiler {
  protected override visitPrimitiveValueList(node: PrimitiveValueListNode): void {
    const { values } = node
    const compared = this.parentNode !== undefined && BinaryOperationNode.is(this.parentNode)
    if (!compared || values.length <= longestList || !values.every(survivesJson)) {
      super.visitPrimitiveValueList(node)
      return
    }
    this.append('(select value from json_each(')
    this.appendValue(JSON.stringify(values))
    this.append('))')
  }
}

function survivesJson(value: unknown): boolean {
  return typeof value === 'string' ? value.isWellFormed() && !value.includes('\0') : Number.isSafeInteger(value)
}
