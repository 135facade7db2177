/** What is seldom said of drafts and of what the phone keeps: it comes when it is first needed. */
const kept = () => import('./kept.tsx')

export const keptNews = async () => (await kept()).KeptNews
export const keptStrip = async () => (await kept()).KeptStrip
export const fullNews = async () => (await kept()).FullNews
export const dropDraft = async () => (await kept()).DropDraft
export const draftGone = async () => (await kept()).DraftGone
