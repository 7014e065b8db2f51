import { Button } from '#components/ui/button.tsx'
import { Kbd } from '#components/ui/kbd.tsx'
import { ACTION_LABELS, type ActionName } from '#lib/alerts/action-words.ts'

interface ActionButtonsProps {
  readonly actions: readonly ActionName[]
  /** The keys to name beside the labels. */
  readonly keys: Partial<Record<ActionName, string>>
  readonly onAction: (action: ActionName) => void
}

/** What a person can do with the alert now; each opens what it would touch. */
export function ActionButtons({ actions, keys, onAction }: ActionButtonsProps) {
  return actions.map((action) => {
    const key = keys[action]
    return (
      <Button key={action} aria-haspopup="dialog" onClick={() => onAction(action)}>
        {ACTION_LABELS[action]}
        {key === undefined ? null : <Kbd>{key.toUpperCase()}</Kbd>}
      </Button>
    )
  })
}
