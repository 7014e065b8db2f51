'use client'

import { Modal } from '@mantine/core'
import { Kbd } from '#components/ui/kbd.tsx'
import { type KeyGroup, useKeyGroups } from '#components/ui/use-keys.ts'
import styles from './keys-dialog.module.css'

interface KeysDialogProps {
  readonly isOpen: boolean
  readonly onClose: () => void
}

/** Every key that works on this page now. */
export function KeysDialog({ isOpen, onClose }: KeysDialogProps) {
  const groups = useKeyGroups()
  return (
    <Modal opened={isOpen} onClose={onClose} title="Keys of this page" size={560} centered>
      <div className={styles.groups}>
        {mergeByTitle(groups).map((group) => (
          <section key={group.title}>
            <h3 className={styles.title}>{group.title}</h3>
            <dl className={styles.list}>
              {group.bindings.map((binding) => (
                <div key={binding.keys} className={styles.row}>
                  <dt>{binding.label}</dt>
                  <dd>
                    {binding.keys.split(' ').map((key) => (
                      <Kbd key={key}>{key}</Kbd>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  )
}

/** Parts of a page bind their own keys under the page's title. */
function mergeByTitle(groups: readonly KeyGroup[]): Pick<KeyGroup, 'title' | 'bindings'>[] {
  const titles = [...new Set(groups.map((group) => group.title))]
  return titles.map((title) => ({
    title,
    bindings: groups.filter((group) => group.title === title).flatMap((group) => group.bindings),
  }))
}
