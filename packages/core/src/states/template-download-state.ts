import { type EventOf, type StateOf, stateMachine } from '../state-machine.ts'

/** Download state of a template on the image store. */
export const templateDownloadStates = stateMachine(
  'template_store_ref.download_state',
  [
    ['NOT_DOWNLOADED', 'StartDownload', 'DOWNLOAD_IN_PROGRESS'],
    ['NOT_DOWNLOADED', 'Abandon', 'ABANDONED'],
    ['DOWNLOAD_IN_PROGRESS', 'Downloaded', 'DOWNLOADED'],
    ['DOWNLOAD_IN_PROGRESS', 'Fail', 'DOWNLOAD_ERROR'],
    ['DOWNLOAD_IN_PROGRESS', 'Abandon', 'ABANDONED'],
    ['DOWNLOAD_ERROR', 'StartDownload', 'DOWNLOAD_IN_PROGRESS'],
    ['DOWNLOAD_ERROR', 'Abandon', 'ABANDONED'],
    ['DOWNLOADED', 'Abandon', 'ABANDONED'],
  ],
  { transitional: ['DOWNLOAD_IN_PROGRESS'] },
)
export type TemplateDownloadState = StateOf<typeof templateDownloadStates>
export type TemplateDownloadStateEvent = EventOf<typeof templateDownloadStates>
