/** The browser's own offer to put the app on the home screen: kept for who asks for it, never shown unasked. */

interface Offer extends Event {
  prompt(): Promise<unknown>
  userChoice: Promise<{ outcome: 'accepted' | 'dismissed' }>
}

export const offered: { offer?: Offer } = {}

/** It comes once and early, before anybody has asked. */
export const keepOffer = (): void =>
  addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault()
    offered.offer = event as Offer
  })
