import type { InjectionKey, Ref } from 'vue'

/** What a new virtual machine begins with: a template's disk, or an empty disk and an ISO in its drive. */
export type ImageKind = 'template' | 'iso'

/** A page that asks for more where an ISO is chosen provides where the choice is kept. */
export const imageKindKey: InjectionKey<Ref<ImageKind>> = Symbol('image kind')
