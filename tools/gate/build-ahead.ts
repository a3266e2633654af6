/**
 * Builds the tree under all lab hosts while other layers run: on a machine that has none, the first two files of the lab
 * would build it at the same time, and everything in their track would wait for them. When this fails, they still do.
 */
import { baseTree, cacheDirectory } from '../../packages/lab/src/base-tree.ts'

await baseTree(cacheDirectory(), () => undefined)
