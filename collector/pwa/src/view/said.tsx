/** Text in which no day is torn apart at the end of a line. */
const DAY = /(\d{4}-\d\d-\d\d|\d{4}年\d{1,2}月\d{1,2}日|星期.)/

export function Said({ text }: { text: string }) {
  return (
    <>
      {text.split(DAY).map((part, at) =>
        at % 2 === 0 ? (
          part
        ) : (
          <span key={at} class="whole">
            {part}
          </span>
        ),
      )}
    </>
  )
}
