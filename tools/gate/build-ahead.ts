/**
 * Makes what later layers would wait for while the first ones run: the lab's packages, the clean root of layer fresh, and the
 * tree under all lab hosts, which the first files of the lab would build at the same time. When this fails, they still do.
 */
import { baseTree, cacheDirectory } from '../../packages/lab/src/base-tree.ts'
import { minimalTree } from '../../tests/fresh/minimal-tree.ts'
import { layers } from './layers.ts'
import { installPackages } from './packages.ts'

const ignore = (): void => undefined
installPackages(layers.find((layer) => layer.name === 'lab')?.packages ?? [], ignore)
await minimalTree()
await baseTree(cacheDirectory(), ignore)
