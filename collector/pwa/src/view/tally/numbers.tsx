/** A table of numbers that folds on a narrow screen: its roles are written out, since folding would lose them. */
import type { ComponentChildren } from 'preact'

interface TableProps {
  name: string
  caption?: string
  heads: ComponentChildren[]
  children: ComponentChildren
}

export function Numbers({ name, caption, heads, children }: TableProps) {
  return (
    <table class={`numbers ${name}`} role="table">
      {caption && <caption>{caption}</caption>}
      <thead role="rowgroup">
        <tr role="row">
          {heads.map((head, at) => (
            <th key={at} scope="col" role="columnheader">
              {head}
            </th>
          ))}
        </tr>
      </thead>
      {children}
    </table>
  )
}

interface PartProps {
  class?: string | undefined
  children: ComponentChildren
}

export const Rows = (props: PartProps) => <tbody role="rowgroup" {...props} />

export const Row = (props: PartProps) => <tr role="row" {...props} />

export const RowName = ({ children }: { children: ComponentChildren }) => (
  <th scope="row" role="rowheader">
    {children}
  </th>
)

export const Figure = ({ children, wide = 1 }: { children: ComponentChildren; wide?: number }) => (
  <td role="cell" colSpan={wide}>
    {children}
  </td>
)
