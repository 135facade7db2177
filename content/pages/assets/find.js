// Shows of the page "find" only the names that hold what is typed. Without this file the field stays hidden and all stand there.
(() => {
  const form = document.querySelector("form.mb-filter[data-some]");
  if (!form) return;
  const field = form.querySelector("input");
  const said = form.querySelector("output");
  const items = [...document.querySelectorAll(".mb-tree li, .mb-names li")];
  const plain = (text) => text.normalize("NFKC").toLowerCase();
  const texts = items.map((item) => plain(item.firstElementChild.textContent));

  const show = () => {
    const asked = plain(field.value).split(/\s+/).filter(Boolean);
    const hits = items.filter((_, at) => asked.every((part) => texts[at].includes(part)));
    const kept = new Set(hits);
    for (const hit of hits) {
      // a place stands in the one it lies in, and shows what lies in it
      for (let up = hit.parentElement.closest("li"); up; up = up.parentElement.closest("li")) kept.add(up);
      for (const down of hit.querySelectorAll("li")) kept.add(down);
    }
    for (const item of items) item.hidden = !kept.has(item);
    for (const group of document.querySelectorAll(".mb-groups > section"))
      group.hidden = !group.querySelector("li:not([hidden])");
    said.textContent = !asked.length ? "" : hits.length ? form.dataset.some.replace("{n}", hits.length) : form.dataset.none;
  };

  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  field.addEventListener("input", show);
  show(); // what a browser kept in the field when it came back
})();
